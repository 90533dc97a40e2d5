"""How long a verdict takes, warm and cold, beside what it cannot avoid. Medians
and 95th percentiles of one run.

    python tests/kit/bench.py [--saves 30] [--repeats 5] [--json FILE]

Saves are made in a terminal of their own in which `kata watch` runs: the clock
starts before the file is written and stops when the verdict has been printed.
Wrong and right answers take turns; all were seen before they are measured.
"""

import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import fresh
import pexpect
from kernels import Kernel, cell
from rich.console import Console
from rich.table import Table

from flaxkata import catalog
from flaxkata.exercise import Exercise

ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "COLUMNS": "100", "LINES": "90", "TERM": "xterm"}
ENVIRONMENT.pop("NOX_CURRENT_SESSION", None)
KATA = [sys.executable, "-m", "flaxkata"]
VERDICT = r"points\. JAX on"
BARE = """
import sys, time
from pathlib import Path
from flaxkata import catalog
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.session import open_session
root = Path(sys.argv[1])
exercises, options = catalog.select(root, sys.argv[2:]), GradeOptions(here=True)
def program(session):
    for e in exercises:
        for _ in range(3):
            start = time.perf_counter()
            session.run([e], root / "solutions", options)
        print(e.number, time.perf_counter() - start)
open_session(exercises, options, program)
"""


class Watching:
    """`kata watch` in a terminal."""

    def __init__(self, kit: Path, number: str) -> None:
        self.kit = kit
        start = time.perf_counter()
        self.child = pexpect.spawn(
            KATA[0],
            [*KATA[1:], "watch", number],
            cwd=str(kit),
            env=ENVIRONMENT,
            encoding="utf-8",
            timeout=120,
            dimensions=(90, 100),
        )
        self.child.expect(VERDICT)
        self.first = time.perf_counter() - start

    def save(self, exercise: Exercise, text: str) -> float:
        """Seconds from a save to its verdict, known mistakes included."""
        start = time.perf_counter()
        # Each text is new, so that no verdict is kept.
        (self.kit / "exercises" / exercise.file).write_text(f"{text}# {time.time_ns()}\n")
        self.child.expect("checking")
        self.child.expect(VERDICT)
        while self.child.expect([r"looking for known mistakes", pexpect.TIMEOUT], timeout=0.0) == 0:
            self.child.expect(VERDICT)
        return time.perf_counter() - start

    def key(self, key: str) -> float:
        start = time.perf_counter()
        self.child.send(key)
        self.child.expect("checking")
        self.child.expect(VERDICT)
        return time.perf_counter() - start

    def sandboxes(self) -> list[int]:
        """Proportional set sizes of the sandboxes, in MB."""
        pids, sizes = _below(self.child.pid), []
        for pid in pids:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            parent = int(re.search(r"PPid:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])
            if b"flaxkata.sandbox" in command and b"flaxkata.sandbox" in Path(f"/proc/{parent}/cmdline").read_bytes():
                sizes.append(int(re.search(r"Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())[1]) // 1024)
        return sizes

    def close(self) -> None:
        self.child.send("q")
        self.child.expect(pexpect.EOF)
        self.child.close()


def in_a_notebook(kit: Path, exercise: Exercise, saves: int) -> list[float]:
    """Seconds from running a cell to its verdict, known mistakes included; the
    first one some seconds after loading, when the imports are done.
    """
    kernel, found = Kernel(kit), []
    cells = [cell(exercise.number, path) for path in [*exercise.mistakes[:3], exercise.solution]]
    time.sleep(6)
    for i in range(saves):
        start = time.perf_counter()
        kernel.run(f"{cells[i % 4]}\n# {time.time_ns()}")
        found.append(time.perf_counter() - start)
        time.sleep(4)
    kernel.close()
    return found


def _below(pid: int) -> list[int]:
    found = [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [q for p in found for q in _below(p)]


def seconds(command: list[str], cwd: Path) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def texts(exercise: Exercise) -> list[str]:
    """Three wrong answers and a right one."""
    return [*(p.read_text() for p in exercise.mistakes[:3]), exercise.solution.read_text()]


def main(saves: int, repeats: int, wanted: list[str], file: Path | None) -> None:
    times: dict[str, list[float]] = {}

    def note(name: str, *found: float) -> None:
        times.setdefault(name, []).extend(found)

    with tempfile.TemporaryDirectory() as folder:
        kit = fresh.clone(Path(folder, "kit"))
        exercises = catalog.select(kit, wanted)
        for e in catalog.exercises(kit):
            (kit / "exercises" / e.file).write_text(texts(e)[-1])
        names = [e.number for e in exercises]
        note("kata grade of these, nothing compiled yet", seconds([*KATA, "grade", *names], kit))
        seconds([*KATA, "grade"], kit)
        for e in exercises:  # once each, so that all was seen
            watching = Watching(kit, e.number)
            for text in texts(e):
                watching.save(e, text)
                time.sleep(1.5)
            watching.close()
        for _ in range(repeats):  # the lines take turns, so that a busy machine is busy for all of them
            note("import torch, jax, flax, optax", seconds([sys.executable, "-c", "import torch, jax, flax.linen, optax"], kit))
            note("kata grade of these, cold", seconds([*KATA, "grade", "--fresh", *names], kit))
            note("kata grade of one, cold", seconds([*KATA, "grade", "--fresh", names[0]], kit))
            note("kata grade of the whole kit, cold", seconds([*KATA, "grade", "--fresh"], kit))
            first = kit / "exercises" / exercises[0].file
            first.write_text(f"{first.read_text()}# {time.time()}\n")
            note("kata grade of the whole kit after one save", seconds([*KATA, "grade"], kit))
            for e in exercises:
                command = [sys.executable, "-m", "pytest", "-q", "--here", "--submission", "solutions", str(e.tests)]
                note(f"{e.number} plain pytest, cold", seconds(command, kit))
                watching = Watching(kit, e.number)
                note("first verdict of kata watch", watching.first)
                time.sleep(2)
                for i in range(-(-saves // repeats)):
                    note(f"{e.number} save to verdict", watching.save(e, texts(e)[i % 4]))
                    time.sleep(4)  # nobody reads and writes faster; the next sandbox is warmed meanwhile
                note("one sandbox, MB", *watching.sandboxes())
                watching.save(e, texts(e)[-1])
                if e is exercises[-1]:
                    note("g in kata watch: the whole kit, warm", watching.key("g"))
                watching.close()
            first, *later = in_a_notebook(kit, exercises[0], 9)
            note("first verdict in a notebook", first)
            note(f"{exercises[0].number} cell to verdict, in a notebook", *later)
            done = subprocess.run(
                [sys.executable, "-c", BARE, str(kit), *names], env=ENVIRONMENT, capture_output=True, text=True
            )
            for line in done.stdout.splitlines():
                note(f"{line.split()[0]} bare computation, one process", float(line.split()[1]))
    show(times, len(exercises))
    if file:
        file.write_text(json.dumps({"seconds": times, "summary": {n: summary(t) for n, t in times.items()}}, indent=1) + "\n")


def summary(found: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    ordered = sorted(found)
    return {
        "median": statistics.median(found),
        "p95": ordered[math.ceil(0.95 * len(ordered)) - 1],
        "count": len(found),
    }


def show(times: dict[str, list[float]], exercises: int) -> None:
    table = Table("what", "median", "95th percentile", "of", title=f"{exercises} exercises; seconds unless it says MB")
    for name in sorted(times, key=lambda n: (not n[0].isalpha(), n)):
        found = summary(times[name])
        digits = 0 if name.endswith("MB") else 3
        table.add_row(name, f"{found['median']:.{digits}f}", f"{found['p95']:.{digits}f}", str(found["count"]))
    Console(width=100).print(table)
    for name in [n for n in times if n.endswith("save to verdict")]:
        cold = times[name.split()[0] + " plain pytest, cold"]
        ratio = statistics.median(cold) / statistics.median(times[name])
        print(f"{name}: {ratio:.0f} times as fast as plain pytest, cold")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--saves", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("exercises", nargs="*", default=["ch01"])
    given = parser.parse_args()
    main(given.saves, given.repeats, given.exercises, given.json)
