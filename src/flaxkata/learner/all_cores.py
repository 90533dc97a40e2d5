"""Grades many exercises with as many judges as there are cores; what they find
is kept in the learner's store.
"""

import collections
import os
from collections.abc import Callable
from pathlib import Path

from flaxkata import catalog, report
from flaxkata.judge import workers
from flaxkata.judge.errors import GraderFailed
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.protocol import Settings
from flaxkata.judge.store import Results

Progress = Callable[[catalog.Exercise, int], None]  # an exercise, and how many more of its checks have ended


def grade(
    exercises: list[catalog.Exercise], submission: Path, options: GradeOptions, fresh: bool, progress: Progress
) -> list[report.Exercise]:
    """The results, with the names of mistakes. Raises GraderFailed."""
    graded: dict[str, report.Exercise] = {}
    judges = _judges(exercises[0].root, Settings(options, keep=True, fresh=fresh))
    for job, result in workers.grade_all(judges, _jobs(exercises, submission)):
        if isinstance(result, str):
            raise GraderFailed(f"{job.exercise.number}: {result}")
        graded[job.exercise.path] = result
        progress(job.exercise, len(result.checks))
    return [graded[e.path] for e in exercises]


class Ahead:
    """Grades exercises ahead of a judge that stays, which then finds them
    kept.
    """

    def __init__(self, exercises: list[catalog.Exercise], submission: Path, options: GradeOptions) -> None:
        results = Results(exercises[0].root)
        found = results.find(results.keys(exercises, submission, options))
        missing = [e for e in exercises if e.path not in found]
        self._jobs = _jobs(missing, submission)
        few = len(missing) <= workers.ALONE or workers.cores() == 1
        self._judges = [] if few else _judges(exercises[0].root, Settings(options, keep=True))

    def run(self) -> None:
        """Until all are graded, or `close` is called from another thread."""
        if self._judges:
            collections.deque(workers.grade_all(self._judges, self._jobs), maxlen=0)

    def close(self) -> None:
        """End the judges."""
        for judge in self._judges:
            judge.close()


def _judges(root: Path, settings: Settings) -> list[workers.Worker]:
    return [workers.Worker(root, Path.cwd(), settings, dict(os.environ)) for _ in range(workers.cores())]


def _jobs(exercises: list[catalog.Exercise], submission: Path) -> list[workers.Job]:
    return [workers.Job(e, submission=submission) for e in exercises]
