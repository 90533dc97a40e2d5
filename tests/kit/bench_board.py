"""A board under load, beside what it cannot avoid, in one run.

    python tests/kit/bench_board.py [--learners 500] [--pages 20] [--seconds 20] [--json FILE]

The load tool works on the same cores. Beside the board stands the same load on
a server that answers each post at once and keeps nothing, and a program that
only writes such posts into SQLite, each in a transaction of its own.
"""

import argparse
import contextlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import fresh
import psutil
from boards import MINUTES, Board
from rich.console import Console
from rich.table import Table

from flaxkata import report
from flaxkata.learner import joining, telling

LOAD = [sys.executable, str(fresh.ROOT / "tests/kit/board_load.py")]
BODY = (fresh.ROOT / "tests/kit/board_post.json").read_text()
BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
async def reply(request):
    await request.body()
    return JSONResponse({"seq": 0})
app = Starlette(routes=[Route("/api/{name}", reply, methods=["POST"])])
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
"""
TIMES = 300  # inserts and offers


def load(url: str, code: str, *options: object) -> dict:
    command = [*LOAD, url, code, *map(str, options)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


@contextlib.contextmanager
def bare() -> Iterator[str]:
    """The address of a server that keeps nothing."""
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        port = any_port.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", BARE, str(port)])
    while not any(c.status == psutil.CONN_LISTEN for c in psutil.Process(process.pid).net_connections()):
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.kill()


def inserts(folder: Path) -> list[float]:
    """Seconds of each."""
    with contextlib.closing(sqlite3.connect(folder / "bare.sqlite")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, body TEXT)")
        return [_timed(lambda: _insert(database)) for _ in range(TIMES)]


def _insert(database: sqlite3.Connection) -> None:
    with database:
        database.execute("INSERT INTO events (body) VALUES (?)", (BODY,))


def _timed(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def offers(board: Board, folder: Path) -> list[float]:
    """Seconds that a learner's process takes to offer a verdict: to none, and
    to a board that was killed.
    """
    (folder / "own/.kata").mkdir(parents=True)
    check = report.Check(
        "test_x", "", 8, report.Outcome.FAILED, failures=[report.Comparison("x", "value", values=(0.5,) * 256)]
    )
    result = report.Exercise("1.4", "set_bias", "", report.State.STARTED, [], [check])
    joining.join(folder / "own", board.address, "Ana")
    board.kill()
    took = [_timed(lambda: telling.tell(folder / "own", [result], "watch")) for _ in range(TIMES)]
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cmdline()[-1:] == [str(folder / "own")]:
                process.kill()
    return took


def quantile(values: list[float], part: float) -> float:
    """In ms."""
    return round(1000 * sorted(values)[int(part * len(values))], 1)


def main(learners: int, pages: int, seconds: float, file: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        board, count = Board(Path(folder)), ["--learners", learners]
        page = ["--pages", pages, "--cookie", board.enters()]
        found = load(board.url, board.code, *count, *page, "--seconds", seconds)
        memory = board.memory
        with bare() as url:
            least = load(url, "ABC234", *count, "--pages", 0, "--seconds", min(seconds, MINUTES))
        written, offered = inserts(Path(folder)), offers(board, Path(folder))
    rate = found["posts"] / found["seconds"]
    title = f"{learners} learners, {pages} pages, {found['posts']} posts in {found['seconds']:.0f} s ({rate:.0f} a second)"
    table = Table("what", "median, ms", "99 %, ms", title=title)
    for what, low, high in (
        ("a post, until it is on disk", found["post_median"], found["post_p99"]),
        ("from the post to a page", found["page_median"], found["page_p99"]),
        ("a post to a server that keeps nothing", least["post_median"], least["post_p99"]),
        ("an insert into SQLite", quantile(written, 0.5), quantile(written, 0.99)),
        ("to offer a verdict, the board away", quantile(offered, 0.5), quantile(offered, 0.99)),
    ):
        table.add_row(what, f"{low:.1f}", f"{high:.1f}")
    Console(width=100).print(table)
    load_of = os.getloadavg()[0]
    print(f"{found['failed']} posts were refused; the board took {memory} MB. Load of the machine: {load_of:.1f}.")
    if file:
        file.write_text(json.dumps({"board": found, "bare": least, "memory": memory}, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--learners", type=int, default=500)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    main(given.learners, given.pages, given.seconds, given.json)
