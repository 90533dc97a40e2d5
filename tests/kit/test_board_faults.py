"""A board under load, killed, on a full disk, with a clock that jumps: what was
acknowledged is there, and no learner waits.
"""

import contextlib
import csv
import io
import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import time

import fresh
import psutil
import pytest
from boards import MINUTES, Board, verdict
from test_join import Folder, senders, waits_for

from flaxkata import report
from flaxkata.learner import joining, telling
from flaxkata.learner.outbox import Outbox

LOAD = [sys.executable, str(fresh.ROOT / "tests/kit/board_load.py")]


@pytest.fixture
def board(tmp_path):
    found = Board(tmp_path)
    yield found
    found.close()


def load(board, *options):
    """A load tool at work; `finished` reads what it measured."""
    file = board.folder / "load.json"
    command = [*LOAD, board.url, board.code, "--cookie", board.enters(), "--json", str(file), *map(str, options)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True), file


def finished(process, file):
    said, _ = process.communicate(timeout=120)
    return json.loads(file.read_text()), said


def kept(board):
    with contextlib.closing(sqlite3.connect(f"{board.file.as_uri()}?mode=ro", uri=True)) as database:
        return {(id, seq) for id, seq in database.execute("SELECT id, seq FROM events")}


def test_a_room_of_500_who_save_every_5_seconds(board):
    """For 20 s, with 20 pages open: none is lost. The times hold where the
    cores are not taken by others.
    """
    free = os.getloadavg()[0] < 1.5 * (os.cpu_count() or 1)
    found, said = finished(*load(board, "--learners", 500, "--pages", 20, "--seconds", 20))
    assert found["failed"] == 0 and found["posts"] > 500, said
    assert {(id, seq) for _, id, seq in found["acknowledged"]} <= kept(board)
    assert board.memory < 200
    if free:
        assert found["posts"] > 80 * found["seconds"] and found["post_p99"] < 100 and found["page_p99"] < 2000, said


def test_kill_9_in_the_middle_of_the_load(board):
    process, file = load(board, "--learners", 100, "--pages", 4, "--seconds", 7)
    waits_for(lambda: len(kept(board)) > 130)  # all are in the room, and post again
    board.kill()
    time.sleep(1)
    board.start()
    found, said = finished(process, file)
    assert found["posts"] > found["failed"] > 0, said
    acknowledged = {(id, seq) for _, id, seq in found["acknowledged"]}
    assert len(acknowledged) > 50 and acknowledged <= kept(board)
    assert {m.posts(verdict())[0] for m in [board.machine("Ana")]} == {200}


def test_every_outbox_drains_once_and_in_order(board, tmp_path):
    """Of four learners whose board is killed and comes back; and to offer a
    verdict takes milliseconds meanwhile.
    """
    folders = [tmp_path / f"learner{n}" for n in range(4)]
    for folder in folders:
        (folder / ".kata").mkdir(parents=True)
        joining.join(folder, board.address, folder.name)
    try:
        took, told = [], {folder.name: [] for folder in folders}
        for count in range(24):
            if count == 8:
                board.kill()
            if count == 16:
                board.start()
            for folder in folders:
                check = report.Check("test_x", "", 30, report.Outcome.FAILED)
                result = report.Exercise(
                    "1.4", "set_bias", "", report.State.STARTED, [report.Mistake(f"m{count}", "")], [check]
                )
                start = time.perf_counter()
                telling.tell(folder, [result], "watch")
                took.append(time.perf_counter() - start)
                told[folder.name].append(f"m{count}")
        waits_for(lambda: not any(Outbox(folder).waiting() for folder in folders), 60)
    finally:
        for process in [p for folder in folders for p in senders(folder)]:
            process.kill()
    with contextlib.closing(sqlite3.connect(board.file)) as database:
        rows = database.execute("SELECT name, body FROM events JOIN learners ON learner = number ORDER BY seq").fetchall()
    for name, expected in told.items():
        assert [json.loads(body)["mistakes"][0] for who, body in rows if who == name] == expected
    print(f"offered in {1000 * statistics.median(took):.1f} ms at the median, {1000 * max(took):.1f} at most")
    assert statistics.median(took) < 0.05


def test_a_full_disk(board):
    """Posts are refused and the page says why; when there is room again, all
    goes on.
    """
    process, ana = psutil.Process(board.process.pid), board.machine("Ana")
    assert ana.posts(verdict())[0] == 200
    process.rlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    status, said = ana.posts(verdict(), id="c" * 32)
    assert status == 507 and said["error"].startswith("The board cannot write: ")
    assert board.picture()["trouble"] and board.process.poll() is None
    process.rlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert ana.posts(verdict(), id="c" * 32)[0] == 200
    assert not board.picture()["trouble"] and len(kept(board)) == 2
    assert "Traceback" not in board.last_words()


JUMPY = """
import time
from pathlib import Path
_real, _file = time.time, Path(__file__).with_name("offset")
time.time = lambda: _real() + float(_file.read_text())
"""


def test_a_clock_that_jumps(tmp_path):
    """A day forward or back, while the board runs and between two runs: the
    order stays, and nobody is minutes older.
    """
    (tmp_path / "jumpy").mkdir()
    (tmp_path / "jumpy/sitecustomize.py").write_text(JUMPY)
    offset = tmp_path / "jumpy/offset"
    offset.write_text("0")
    path = os.pathsep.join([str(tmp_path / "jumpy"), os.environ.get("PYTHONPATH", "")])
    board = Board(tmp_path, "--patience", "5", PYTHONPATH=path)
    try:
        ana = board.machine("Ana")
        for jump in (0, 24 * 60 * MINUTES, -24 * 60 * MINUTES):
            offset.write_text(str(jump))
            assert ana.posts(verdict("1.4", 6, 8, "shallow_copy"))[0] == 200
        assert board.picture()["people"][0]["idle"] == 0 and board.picture()["stuck"] == []
        board.stop()
        board.start()  # a day ago
        assert ana.posts(verdict("1.4", 6, 8, "shallow_copy"))[0] == 200
        now = board.picture()
        assert now["people"][0]["idle"] == 0 and now["stuck"] == [] and now["mistakes"][0]["now"] == 1
        _, _, body = board.ask("GET", "/instructor/board.csv", Cookie=board.enters())
        times = [row["at"] for row in csv.DictReader(io.StringIO(body.decode("utf-8-sig")))]
        assert times == sorted(times) and len(times) == 4
    finally:
        board.close()


def test_a_verdict_does_not_wait_for_a_board_that_is_away(tmp_path):
    """`kata grade` beside the same in no room: as long, up to what a busy
    machine makes of it.
    """
    folder, took = Folder(tmp_path / "own"), {}
    try:
        folder.kata("grade", "1.4")  # what is kept is not run again
        for room in ("none", "away"):
            if room == "away":
                found = {"url": "http://10.255.255.1:9", "room": "", "name": "Ana", "key": "k" * 48}  # answers nothing at all
                (folder.path / ".kata/board.json").write_text(json.dumps(found))
            times = []
            for _ in range(9):
                start = time.perf_counter()
                assert folder.kata("grade", "1.4").returncode == 1
                times.append(time.perf_counter() - start)
            took[room] = statistics.median(times)
        assert took["away"] < took["none"] + 0.1, took
    finally:
        folder.close()
        for process in senders(folder.path):
            process.kill()
