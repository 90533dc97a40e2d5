"""The graded checks as tests of a file beside the exercises, for an editor's
test panel: one judge grades an exercise when the first of its checks is asked
for.
"""

import atexit
import functools
import os
from pathlib import Path

import pytest

from flaxkata import catalog, report
from flaxkata.exercise import Exercise
from flaxkata.judge import workers
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.protocol import Settings

Asked = tuple[Exercise, str]


def checks(file: str) -> list[object]:
    """Parameters for `run`, one for each check of each exercise."""
    found = catalog.exercises(catalog.find_root(Path(file).parent))
    return [pytest.param((e, c), id=f"{e.number}-{e.slug}-{c.removeprefix('test_')}") for e in found for c, _, _ in e.checks]


def run(asked: Asked) -> None:
    """Fails with a check's findings; skips what is still to do."""
    exercise, name = asked
    found = next(c for c in _graded(exercise).checks if c.name == name)
    if found.outcome == report.Outcome.TODO:
        pytest.skip(f"to do: {found.description}")
    if found.outcome != report.Outcome.PASSED:
        names = [f"{m.introduction}{m.slug}\n{m.text}" for m in _graded(exercise).mistakes]
        pytest.fail("\n".join([found.description, *found.findings, *names]), pytrace=False)


@functools.cache
def _graded(exercise: Exercise) -> report.Exercise:
    result = _judge(exercise.root).grade(workers.Job(exercise, submission=exercise.root / "exercises"))
    if isinstance(result, str):
        pytest.fail(f"The grader itself failed: {result}", pytrace=False)
    return result


@functools.cache
def _judge(root: Path) -> workers.Worker:
    judge = workers.Worker(root, root, Settings(GradeOptions()), dict(os.environ))
    atexit.register(judge.close)
    return judge
