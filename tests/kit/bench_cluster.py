"""What a Dask cluster costs beside worker processes: two of each on this
machine, the same files, taking turns; and how many jobs a scheduler can hand
out, with jobs that take no time.

    python tests/kit/bench_cluster.py [--learners 10] [--only ch01] [--repeats 5] [--jobs 50000] [--json FILE]

The time for a file is that between the first and the last result that was
stored, by the number of files between: both ways start two judges before. The
start is what passes before the first.
"""

import argparse
import contextlib
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import bench
import bench_cohort
import clusters
import fresh
import psutil
from distributed import Worker
from rich.console import Console
from rich.table import Table

from flaxkata import catalog, report
from flaxkata.instructor.cluster import dask_engine, messages
from flaxkata.instructor.cluster.plugins import JudgePlugin
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.workers import Job

HERE, CLUSTER = "two workers here", "two workers of a cluster"


def timed(folder: Path, out: Path, options: list[str]) -> tuple[float, float, int]:
    """Seconds for a file, seconds before the first, and how many files."""
    started = time.time()
    command = [*bench.KATA, "cohort", str(folder), "--out", str(out), *options]
    subprocess.run(command, cwd=fresh.ROOT, env=bench.ENVIRONMENT, check=True, capture_output=True)
    with contextlib.closing(sqlite3.connect(out / "results.sqlite")) as database:
        first, last, count = database.execute("SELECT MIN(kept_at), MAX(kept_at), COUNT(*) FROM results").fetchone()
    return (last - first) / (count - 1), first - started, count


def overhead(folder: Path, learners: int, only: str, repeats: int) -> dict:
    """Both ways, taking turns."""
    exercises = catalog.select(fresh.ROOT, [only])
    bench_cohort.hand_in(folder / "class", exercises, learners)
    (folder / "secret").write_text("of this measurement\n")
    cluster, files = clusters.Cluster(folder / "dask"), 0
    ways: dict[str, list[str]] = {HERE: ["--workers", "2"], CLUSTER: ["--scheduler", cluster.address]}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    try:
        cluster.worker("lab", 2)
        for n in range(repeats + 1):
            for name, options in ways.items():
                own = [*options, "--only", only, "--secret-file", str(folder / "secret")]
                each, start, files = timed(folder / "class", folder / f"{n}{name}", own)
                print(f"{name}: {each:.3f} s for a file, {start:.1f} s before the first", file=sys.stderr, flush=True)
                found[name] += [(each, start)] if n else []  # the first of each compiles
    finally:
        cluster.close()
    return {"files": files, "load": os.getloadavg()[1], "found": found}


class Instant(JudgePlugin):
    """A judge that answers at once, with as much as a real one."""

    async def setup(self, worker: Worker) -> None:
        pass

    async def teardown(self, worker: Worker) -> None:
        pass

    def grade(self, job: bytes) -> bytes:
        return ANSWER


def answer() -> bytes:
    """What a wrong answer's result is like."""
    comparisons = [report.Comparison("y", "value", "", tuple(n / 7 for n in range(256)), 1e-5, "It differs. " * 20)]
    checks = [
        report.Check(f"test_{n}", "It is right", 2, report.Outcome.FAILED, ["It differs."], 0.1, comparisons) for n in range(4)
    ]
    return messages.graded_bytes(report.Exercise("1.1", "define_mlp", "A title", report.State.STARTED, [], checks))


ANSWER = answer()


def scheduling(folder: Path, count: int) -> dict:
    """Jobs through the engine itself, of which no judge takes time."""
    e = catalog.select(fresh.ROOT, ["1.1"])[0]
    jobs = {str(n): Job(e, e.solution.read_bytes()) for n in range(count)}
    dask_engine.JudgePlugin = Instant
    dask_engine.FEWEST = 100 * dask_engine.AHEAD  # with the scheduler at once, as on 100 cores
    cluster = clusters.Cluster(
        folder / "dask", PYTHONPATH=os.pathsep.join([str(Path(__file__).parent), str(fresh.ROOT / "src")])
    )
    try:
        cluster.worker("lab", 2)
        scheduler, ours = psutil.Process(cluster.scheduler.pid), psutil.Process()
        before, most, stop = [p.memory_info().rss for p in (scheduler, ours)], [0, 0], threading.Event()

        def watch() -> None:
            while not stop.wait(0.2):
                most[:] = [max(m, p.memory_info().rss) for m, p in zip(most, (scheduler, ours), strict=True)]

        threading.Thread(target=watch, daemon=True).start()
        started, cpu = time.perf_counter(), sum(scheduler.cpu_times()[:2])
        batches = dask_engine.DaskEngine(cluster.address).grade(jobs, GradeOptions())
        done = sum(isinstance(result, report.Exercise) for batch in batches for result in batch.values())
        seconds, used = time.perf_counter() - started, sum(scheduler.cpu_times()[:2]) - cpu
        stop.set()
    finally:
        cluster.close()
    assert done == count
    names = ("scheduler", "instructor")
    memory = {name: [b >> 20, m >> 20] for name, b, m in zip(names, before, most, strict=True)}
    return {"jobs": count, "seconds": seconds, "scheduler_cpu": used, "memory_mb": memory, "load": os.getloadavg()[0]}


def show(ways: dict, jobs: dict) -> None:
    medians = {name: [statistics.median(column) for column in zip(*runs, strict=True)] for name, runs in ways["found"].items()}
    title = f"{ways['files']} files, medians of {len(ways['found'][HERE])} runs each, taking turns; load {ways['load']:.1f}"
    table = Table("where", "s for a file", "s before the first", title=title)
    for name, (each, start) in medians.items():
        table.add_row(name, f"{each:.3f}", f"{start:.1f}")
    more = 100 * (medians[CLUSTER][0] / medians[HERE][0] - 1)
    rate, memory = jobs["jobs"] / jobs["seconds"], jobs["memory_mb"]
    console = Console(width=100)
    console.print(table)
    console.print(f"A cluster takes {more:+.1f} % for a file.")
    console.print(
        f"{jobs['jobs']} jobs that take no time: {rate:.0f} jobs/s, {jobs['scheduler_cpu'] / jobs['jobs'] * 1000:.2f} ms of"
    )
    console.print(f"the scheduler's processor each; memory in MB, before and at most: {memory}; load {jobs['load']:.1f}")


def main(given: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        jobs = scheduling(Path(other), given.jobs)
        ways = overhead(Path(one), given.learners, given.only, given.repeats)
    show(ways, jobs)
    if given.json:
        given.json.write_text(json.dumps({"overhead": ways, "scheduling": jobs}, indent=1) + "\n")


if __name__ == "__main__":
    sys.modules["bench_cluster"] = sys.modules["__main__"]  # as which the workers import it
    Instant.__module__ = "bench_cluster"
    parser = argparse.ArgumentParser()
    parser.add_argument("--learners", type=int, default=10)
    parser.add_argument("--only", default="ch01")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=50_000)
    parser.add_argument("--json", type=Path)
    main(parser.parse_args())
