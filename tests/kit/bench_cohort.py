"""Submissions a minute of `kata cohort` with one and two workers, beside a
plain pytest process for each, in one run.

    python tests/kit/bench_cohort.py [--submissions 100] [--plain 4] [--json FILE]

Submissions are drawn from all stubs, solutions, alternatives and mistakes. All
that is measured begins with what this checkout has compiled: after `nox -s
tests`, all of it; in a fresh clone, nothing. What mistakes do on a cohort's
inputs is not known, because they have a secret of their own.

Plain pytest runs an exercise in a sandbox; with --here, all of them in its own
process, which can stop none of them.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import bench
import fresh
import psutil
from rich.console import Console
from rich.table import Table

from flaxkata import catalog
from flaxkata.exercise import Exercise


def hand_in(folder: Path, exercises: list[Exercise], count: int) -> int:
    """Draw submissions, the same in every run; how many different files there
    are.
    """
    draw, different = random.Random(0), set()
    for n in range(count):
        for e in exercises:
            path = draw.choice([e.stub, e.solution, *e.alternatives, *e.mistakes])
            place = folder / f"learner{n:03}" / "exercises" / e.file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(path.read_text())
            different.add((e.number, path.read_text()))
    return len(different)


class Memory(threading.Thread):
    """Looks at the proportional set size of a process and all below it; `most`
    in MB.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.process, self.most = psutil.Process(pid), 0
        self.start()

    def run(self) -> None:
        while self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE:
            total = 0
            for process in [self.process, *self.process.children(recursive=True)]:
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.most = max(self.most, total >> 20)
            time.sleep(2)  # reading it takes a tenth of a second


def timed(command: list[str], kit: Path) -> tuple[float, int]:
    """Seconds and MB of one command; said when it ends, because all of them
    take half an hour.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=kit, env=bench.ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory = Memory(process.pid)
    process.wait()
    seconds = time.perf_counter() - start
    print(f"{seconds:6.1f} s, {memory.most} MB: {' '.join(map(str, command[2:]))}", file=sys.stderr, flush=True)
    return seconds, memory.most


def main(count: int, plain: int, file: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        kit, handed_in = fresh.ROOT, Path(folder, "class")
        exercises = catalog.exercises(kit)
        different = hand_in(handed_in, exercises, count)
        found = {}
        for name, options in (("plain pytest, a process each", []), ("the same with --here", ["--here"])):
            pytest = [sys.executable, "-m", "pytest", "-q", *options, *sorted({str(e.tests.parent) for e in exercises})]
            files = [handed_in / f"learner{n:03}" / "exercises" for n in range(plain)]
            alone = [timed([*pytest, "--submission", str(f)], kit) for f in files]
            found[name] = 60 / statistics.median(s for s, _ in alone), max(mb for _, mb in alone)
        for workers in (2, 1):
            command = [*bench.KATA, "cohort", str(handed_in), "--out", f"{folder}/out{workers}", "--workers", str(workers)]
            seconds, memory = timed(command, kit)
            found[f"kata cohort, {workers} worker{'s' * (workers > 1)}"] = (60 * count / seconds, memory)
    title = f"{count} submissions of {len(exercises)} exercises, {different} different files"
    table = Table("what", "submissions a minute", "beside plain pytest", "with --here", "peak memory, MB", title=title)
    bases = [rate for rate, _ in list(found.values())[:2]]
    for name, (rate, memory) in found.items():
        table.add_row(name, f"{rate:.1f}", *(f"{rate / base:.1f}" for base in bases), str(memory))
    Console(width=100).print(table)
    if file:
        file.write_text(json.dumps({"submissions": count, "different": different, "found": found}, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--plain", type=int, default=4)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    main(given.submissions, given.plain, given.json)
