"""What is remembered between commands, under .kata/: states, hints that were
read, texts that were replaced.
"""

import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from flaxkata import catalog, stubs


def states(root: Path) -> dict[str, str]:
    """The state of each exercise when it was last graded."""
    return _read(root / ".kata" / "states.json")


def remember(root: Path, new: dict[str, str]) -> dict[str, str]:
    """The states of all exercises, with these new ones among them."""
    both = states(root) | new
    _write(root / ".kata" / "states.json", both)
    return both


def unsolved(exercises: list[catalog.Exercise], states: Mapping[str, str], at: catalog.Exercise) -> catalog.Exercise | None:
    """What to go on with: `at` until it is solved, then the next in reading
    order that is not; after the last, the first.
    """
    here = exercises.index(at)
    return next((e for e in [*exercises[here:], *exercises[:here]] if states.get(e.number) != "solved"), None)


def all_hints_read(exercise: catalog.Exercise) -> bool:
    """Whether no hint is left."""
    return _read(_hints(exercise)).get(exercise.number, 0) >= len(exercise.hints)


def more_hints(exercise: catalog.Exercise) -> list[str]:
    """The hints that were read, and one more."""
    seen = _read(_hints(exercise))
    count = min(seen.get(exercise.number, 0) + 1, len(exercise.hints))
    _write(_hints(exercise), seen | {exercise.number: count})
    return list(exercise.hints[:count])


def _hints(exercise: catalog.Exercise) -> Path:
    return exercise.root / ".kata" / "hints.json"


def back_up(exercise: catalog.Exercise) -> Path:
    """Where the text of an exercise was copied to."""
    folder = exercise.root / ".kata" / "backup" / datetime.now().strftime("%Y-%m-%d_%H%M%S_%f")
    kept = folder / exercise.file
    kept.parent.mkdir(parents=True)
    return Path(shutil.copy2(exercise.stub, kept))


def write_stub(exercise: catalog.Exercise) -> None:
    """Put the stub in the place of whatever is there."""
    exercise.stub.parent.mkdir(parents=True, exist_ok=True)
    exercise.stub.write_text(stubs.cut(exercise), "utf-8")


def _read(path: Path) -> dict:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _write(path: Path, data: dict) -> None:
    """Whole or not at all: a watch and a command may both write."""
    try:
        path.parent.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(data), "utf-8")
        part.replace(path)
    except OSError:
        pass  # a read-only checkout can still be graded
