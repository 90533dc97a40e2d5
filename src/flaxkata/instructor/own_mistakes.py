"""An instructor's own folder of mistakes: laid out like `tests/mistakes`, read
beside ours.
"""

import ast
from collections.abc import Iterable
from pathlib import Path

from flaxkata.exercise import Exercise


def trouble(folder: Path, exercises: Iterable[Exercise]) -> str:
    """What is not as it should be in a folder; nothing if all can be used."""
    if not folder.is_dir():
        return f"there is no folder {folder}"
    known = {e.path: e for e in exercises}
    places = [path.relative_to(folder) for path in sorted(folder.glob("*/*")) if path.is_dir() and path.parent.name[0] != "."]
    if not places:
        return f"{folder} has no folders of exercises, as in {next(iter(known))}/what_went_wrong.py"
    for place in places:
        if place.as_posix() not in known:
            return f"{folder / place}: there is no such exercise; a folder is named as in {next(iter(known))}"
    return next(filter(None, (_trouble_of(known[place.as_posix()], folder) for place in places)), "")


def _trouble_of(exercise: Exercise, folder: Path) -> str:
    place = folder / exercise.path
    ours = {path.stem for path in exercise.mistakes}
    for path in sorted(place.glob("*.py")):
        try:
            words = ast.get_docstring(ast.parse(path.read_bytes()))
        except (SyntaxError, ValueError) as error:
            return f"{path} is not Python: {error}"
        if path.stem in ours:
            return f"{path}: the kit has a mistake of this name; give yours a different one"
        if not words:
            return f"{path} has no docstring, which is what the learner is told"
    heads = ours | {path.stem for path in place.glob("*.py")}
    for path in sorted(place.glob("*/*.py")):
        if path.parent.name not in heads:
            return f"{path}: there is no mistake {path.parent.name}, so there are no wordings of it"
    return ""
