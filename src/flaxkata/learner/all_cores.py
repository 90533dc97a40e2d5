"""Grades many exercises with as many judges as there are cores; what they find
is kept in the learner's store.
"""

import os
from collections.abc import Callable
from pathlib import Path

from flaxkata import report
from flaxkata.exercise import Exercise
from flaxkata.judge import workers
from flaxkata.judge.errors import GraderFailed
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.protocol import Settings
from flaxkata.judge.store import Results

Progress = Callable[[Exercise, int], None]  # an exercise, and how many more of its checks have ended


def nobody(exercise: Exercise, count: int) -> None:
    """The progress that nobody follows."""


class AllCores:
    """Judges that grade exercises side by side. `close` may be called from
    another thread, and ends them.
    """

    def __init__(
        self, exercises: list[Exercise], submission: Path, options: GradeOptions, results: Results | None = None
    ) -> None:
        """`results` are the learner's, by default those of the exercises'
        kit.
        """
        self._exercises, self._submission, self._options = exercises, submission, options
        self._results = results or Results(exercises[0].root)
        count = min(workers.cores(), len(exercises))
        environment, folder = dict(os.environ), Path.cwd()
        self._judges = [workers.Worker(exercises[0].root, folder, Settings(options), environment) for _ in range(count)]

    def grade(self, progress: Progress = nobody) -> dict[str, report.Exercise]:
        """The results by the exercise's path, with the names of mistakes.
        Raises GraderFailed.
        """
        keys, graded = self._keys(), {}
        known = self._results.find(keys)
        jobs = [workers.Job(e, submission=self._submission, known=known.get(e.path)) for e in self._exercises]
        for job, result in workers.grade_all(self._judges, jobs):
            if isinstance(result, str):
                raise GraderFailed(f"{job.exercise.number}: {result}; its last words stand above")
            graded[job.exercise.path] = result
            progress(job.exercise, len(result.checks))
        self._results.keep(keys, self._keys(), graded)
        return graded

    def _keys(self) -> dict[str, str]:
        return self._results.keys(self._exercises, self._submission, self._options)

    def close(self) -> None:
        """End the judges."""
        for judge in self._judges:
            judge.close()


def are_worth_it(exercises: list[Exercise]) -> bool:
    """Whether several judges are done sooner than one, which has less to
    import.
    """
    return len(exercises) > workers.ALONE and workers.cores() > 1
