"""Where the jobs of a cohort run: worker processes here, or a cluster.

An engine is told what to grade as plain data, and answers with plain data. It
reads no submissions and writes no results.
"""

import os
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Protocol

from flaxkata import catalog, files, report
from flaxkata.judge import workers
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.protocol import Settings
from flaxkata.judge.workers import Job

# What of the environment the judge and the learners' code get.
PASSED = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "TMPDIR",
    "KATA_SPAWN",
    "KATA_LANDLOCK",
    catalog.OWN,
)

Graded = report.Exercise | str  # a result, or why there is none
Results = Generator[dict[str, Graded], None, None]  # by the job's key, those that are done at a time


class EngineFailed(Exception):
    """Nothing more can be graded there; the message says why, and what to
    do.
    """


class Engine(Protocol):
    """Grades jobs, as many at once as it has `judges` at the moment."""

    judges: int

    def grade(self, jobs: Mapping[str, Job], options: GradeOptions) -> Results:
        """What became of each job, by its key, in the order in which they are
        done. Raises EngineFailed.
        """
        ...


class LocalEngine:
    """Worker processes on this machine, `count` of them."""

    def __init__(self, count: int) -> None:
        self.judges = count

    def grade(self, jobs: Mapping[str, Job], options: GradeOptions) -> Results:
        """As Engine says; the options have a confinement."""
        assert options.confinement
        work = Path(options.confinement.scratch)
        files.remove(work)
        root = next(iter(jobs.values())).exercise.root if jobs else Path()
        judges = [judge(root, work / f"judge{i}", options) for i in range(min(self.judges, len(jobs)))]
        keys = {id(job): key for key, job in jobs.items()}
        for job, result in workers.grade_all(judges, list(jobs.values())):
            yield {keys[id(job)]: result}


def judge(root: Path, folder: Path, options: GradeOptions) -> workers.Worker:
    """A judge that works in `folder`, and gets little of this process's
    environment.
    """
    assert options.confinement
    return workers.Worker(root, folder, Settings(options), passed(options.confinement.scratch))


def passed(scratch: str) -> dict[str, str]:
    """The environment that the judge and the learners' code get."""
    return {name: os.environ[name] for name in PASSED if name in os.environ} | {"TMPDIR": scratch}
