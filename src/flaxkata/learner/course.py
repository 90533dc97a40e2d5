"""Lays the exercises before a learner, and brings a newer version of them,
without losing a line of theirs.

Which stubs were laid is kept in `.kata/course.json`: a file that still has the
text of its stub is untouched.
"""

import difflib
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from flaxkata import __version__, catalog, files, python_files, stubs
from flaxkata.exercise import Exercise
from flaxkata.learner import progress

ONCE = Path(__file__).with_name("laid")  # what lies beside the exercises
NAMES = {"README.md": "README.md", "gitignore": ".gitignore", "test_exercises.py.txt": "test_exercises.py"}


class Occupied(Exception):
    """There are exercises in the folder already."""


@dataclass
class Changes:
    """What an update did, by exercise number."""

    replaced: list[str] = field(default_factory=list)  # nothing had been written in them
    added: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)  # a learner's text; what is different in the new stub
    gone: list[str] = field(default_factory=list)  # files of exercises that there are no longer


def lay(folder: Path) -> list[Exercise]:
    """Write the exercises into a folder, and a few files beside them; what is
    there already stays as it is. Raises Occupied.
    """
    if catalog.has_exercises(folder):
        raise Occupied
    folder.mkdir(parents=True, exist_ok=True)
    files.write(folder / catalog.LAID, json.dumps({"version": __version__, "stubs": {}}))
    found = catalog.exercises(folder)
    for exercise in found:
        progress.write_stub(exercise)
    _remember(folder, found)
    for name, there in NAMES.items():
        if not (folder / there).exists():
            shutil.copyfile(ONCE / name, folder / there)
    return found


def update(root: Path) -> Changes:
    """Put the stubs of this version in place of those that were not touched;
    beside the others, as `.new`, where the stub has changed.
    """
    changes, laid, found = Changes(), _laid(root), catalog.exercises(root)
    for e in found:
        new, old = stubs.cut(e), laid.get(e.path)
        text = _text(e.stub)
        if text is None:
            progress.write_stub(e)
            changes.added.append(e.number)
        elif text == old != new:
            progress.write_stub(e)
            changes.replaced.append(e.number)
        elif text not in (old, new) and new != old:
            changes.kept[e.number] = difference(old if old is not None else text, new, e.file)
            _lay_beside(e, new)
    known = {e.file for e in found}
    here = sorted(path.relative_to(root / "exercises").as_posix() for path in (root / "exercises").glob("ch*/ex*.py"))
    changes.gone += [path for path in here if path not in known and path.removesuffix(".py") in laid]
    _remember(root, found)
    return changes


def difference(old: str, new: str, file: str) -> str:
    """What the new stub has and the old one has not, as a unified diff."""
    return "".join(difflib.unified_diff(old.splitlines(True), new.splitlines(True), f"{file} (before)", f"{file} (now)"))


def _lay_beside(exercise: Exercise, new: str) -> None:
    """The new stub, as `.new`; what somebody may have written there is kept."""
    place = beside(exercise)
    if place.exists() and _text(place) != new:
        progress.back_up(exercise, place)
    files.write(place, new)


def beside(exercise: Exercise) -> Path:
    """Where an update lays the new stub of an exercise that was touched."""
    return exercise.stub.with_name(f"{exercise.stub.name}.new")


def _text(path: Path) -> str | None:
    """A file's text, with newlines as here; None where there is no file."""
    try:
        return python_files.read_source(path)
    except python_files.NoText:
        return None if not path.exists() else ""


def laid_version(root: Path) -> str:
    """Of which version the exercises were laid; nothing in a checkout."""
    return str(files.read_json(root / catalog.LAID).get("version", ""))


def _laid(root: Path) -> dict[str, str]:
    """The stubs that were laid, by the exercise's path."""
    found = files.read_json(root / catalog.LAID).get("stubs", {})
    return {path: str(text) for path, text in found.items()} if isinstance(found, dict) else {}


def _remember(root: Path, exercises: list[Exercise]) -> None:
    """The texts of the stubs, for the next update."""
    new = {e.path: stubs.cut(e) for e in exercises}
    files.update_json(root / catalog.LAID, lambda old: old | {"version": __version__, "stubs": old.get("stubs", {}) | new})
