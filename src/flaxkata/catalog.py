"""Which exercises there are: read from the trees, so that there is no list to
edit.

The path of a file says everything: `exercises/ch01_parameters/ex04_set_bias.py`
is exercise `1.4`, slug `set_bias`.
"""

import difflib
import os
from functools import cache
from importlib import resources
from pathlib import Path

from flaxkata.exercise import FILE, Exercise

OWN = "KATA_MISTAKES"  # in the environment: an instructor's own folder of mistakes, laid out like tests/mistakes


class NoCourse(LookupError):
    """There are no exercises to grade at or above a folder."""


class UnknownExercise(LookupError):
    """A name on the command line that no exercise has; the message suggests the
    nearest.
    """


CHECKOUT = Path(__file__).resolve().parents[2]  # where this package is not installed from a wheel
INSTALLED = Path(str(resources.files("flaxkata").joinpath("course")))  # in a wheel
LAID = Path(".kata", "course.json")  # which stubs `kata init` has laid


def find_root(start: Path) -> Path:
    """The folder with the learner's exercises at or above `start`, else the
    checkout that this package is installed from. Raises NoCourse.
    """
    for folder in (start.resolve(), *start.resolve().parents, CHECKOUT):
        if is_checkout(folder) or (folder / LAID).is_file() or (INSTALLED.is_dir() and has_exercises(folder)):
            return folder
    raise NoCourse(f"There are no exercises in {start}")


def is_checkout(folder: Path) -> bool:
    """Whether our own files lie beside the exercises."""
    return all((folder / name).is_dir() for name in ("exercises", "solutions", "tests"))


def has_exercises(folder: Path) -> bool:
    """Whether a file in a folder's `exercises/` is named as one."""
    return any((folder / "exercises").glob("ch*/ex*.py"))


def course_of(root: Path) -> Path:
    """Where solutions, graded tests and mistakes are: beside the exercises in a
    checkout, else in this package.
    """
    return root if is_checkout(root) else INSTALLED if INSTALLED.is_dir() else CHECKOUT


def own_folder() -> Path | None:
    """An instructor's own folder of mistakes. The environment has its full path
    from now on: what is started from here works in different folders.
    """
    if not os.environ.get(OWN):
        return None
    folder = Path(os.environ[OWN]).absolute()
    os.environ[OWN] = str(folder)
    return folder


def exercises(root: Path) -> list[Exercise]:
    """All exercises in reading order, with an instructor's own mistakes where
    the environment says.
    """
    course, own = course_of(root), own_folder()
    paths = [p.relative_to(course / "solutions").as_posix() for p in (course / "solutions").glob("ch*/ex*.py")]
    found = [Exercise(root, course, path.removesuffix(".py"), own) for path in paths if FILE.fullmatch(path)]
    return sorted(found, key=lambda e: [int(n) for n in e.number.split(".")])


def of_tests(root: Path, path: Path) -> Exercise | None:
    """The exercise that a file of graded checks belongs to, or None. The trees
    are read once in a process.
    """
    return _by_tests(root).get(path)


@cache
def _by_tests(root: Path) -> dict[Path, Exercise]:
    return {e.tests: e for e in exercises(root)}


def _aliases(exercise: Exercise) -> set[str]:
    chapter = exercise.chapter.split("_")[0]
    return {exercise.number, exercise.slug, exercise.stem, exercise.chapter, chapter, exercise.number.split(".")[0]}


def select(root: Path, wanted: list[str]) -> list[Exercise]:
    """Exercises by number, slug or chapter (`1.3`, `set_bias`, `ch01`); all for
    an empty list. Raises UnknownExercise.
    """
    everything = exercises(root)
    if not wanted:
        return everything
    for name in wanted:
        if not any(name in _aliases(e) for e in everything):
            known = sorted(set().union(*map(_aliases, everything)))
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
            nearest = next((e for e in everything if near and near[0] in _aliases(e)), None)
            hint = f" Nearest: {near[0]} ({nearest.number} {nearest.slug})." if nearest else ""
            raise UnknownExercise(f"No exercise or chapter is called {name!r}.{hint} `kata list` shows them all.")
    return [e for e in everything if _aliases(e) & set(wanted)]
