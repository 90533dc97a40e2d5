"""What is remembered between commands, under .kata/: states, hints that were
read, texts that were replaced.
"""

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from flaxkata import catalog, files, stubs
from flaxkata.exercise import Exercise


def root_at(folder: Path) -> Path:
    """The folder with the learner's exercises around `folder`; without one, the
    user's cache: what was written elsewhere can be graded anywhere.
    """
    try:
        return catalog.find_root(folder)
    except catalog.NoCourse:
        return files.user_cache()


def states(root: Path) -> dict[str, str]:
    """The state of each exercise when it was last graded."""
    return files.read_json(root / ".kata" / "states.json")


def remember(root: Path, new: dict[str, str]) -> dict[str, str]:
    """The states of all exercises, with these new ones among them."""
    return files.update_json(root / ".kata" / "states.json", lambda old: old | new)


def next_unsolved(exercises: list[Exercise], states: Mapping[str, str], at: Exercise) -> Exercise | None:
    """What to go on with: `at` until it is solved, then the next in reading
    order that is not; after the last, the first.
    """
    here = exercises.index(at)
    return next((e for e in [*exercises[here:], *exercises[:here]] if states.get(e.number) != "solved"), None)


def all_hints_read(exercise: Exercise) -> bool:
    """Whether no hint is left."""
    return files.read_json(_hints(exercise)).get(exercise.number, 0) >= len(exercise.hints)


def more_hints(exercise: Exercise) -> list[str]:
    """The hints that were read, and one more; all, where it cannot be kept
    which were read.
    """
    most, number = len(exercise.hints), exercise.number
    seen = files.update_json(_hints(exercise), lambda old: old | {number: min(old.get(number, 0) + 1, most)})
    return list(exercise.hints[: seen[number]] if files.read_json(_hints(exercise)) == seen else exercise.hints)


def _hints(exercise: Exercise) -> Path:
    return exercise.root / ".kata" / "hints.json"


def back_up(exercise: Exercise, file: Path | None = None) -> Path:
    """Where the text of an exercise was copied to, or of a `file` beside it."""
    folder = exercise.root / ".kata" / "backup" / datetime.now().strftime("%Y-%m-%d_%H%M%S_%f")
    kept = (folder / exercise.file).with_name((file or exercise.stub).name)
    kept.parent.mkdir(parents=True)
    return Path(shutil.copy2(file or exercise.stub, kept))


def write_stub(exercise: Exercise) -> None:
    """Put the stub in place of whatever is there."""
    exercise.stub.parent.mkdir(parents=True, exist_ok=True)
    exercise.stub.write_text(stubs.cut(exercise), "utf-8")
