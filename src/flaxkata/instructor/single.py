"""One submission for `kata grade`, by the rules that a cohort's are read by."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flaxkata.exercise import Exercise
from flaxkata.instructor import archives, recognition, submissions


class Unrecognized(Exception):
    """There is nothing to grade; the message says what there is."""


@dataclass(frozen=True)
class Place:
    """What to grade: a folder laid out like `exercises/`, or one file; if it is
    a copy, of what, and where its files came from, by exercise number; and what
    is to be said of other files.
    """

    folder: Path
    words: list[str] = field(default_factory=list)
    copied: str = ""
    sources: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def laid_out(given: Path, exercises: list[Exercise]) -> Iterator[Place]:
    """A folder or an archive, as a folder laid out like `exercises/`: where it
    is, if it has one, else a copy. Raises Unrecognized.
    """
    several = submissions.read([given], given.name, exercises)
    if len(several) > 1:
        names = ", ".join(one.learner for one in several)
        raise Unrecognized(f"{given} has the files of several learners: {names}. `kata cohort` grades them.")
    (found,) = several
    words = [*found.choices, *sorted(set(found.refused.values()))]
    words += [f"Not recognized: {one}" for one in found.unrecognized]
    if not found.texts and (found.refused or not found.recognized):
        raise Unrecognized("\n".join([f"{given} has nothing that can be graded.", *words]))
    if folder := _as_it_lies(given, found, exercises):
        yield Place(folder, words)
        return
    places = [(e, found.places.get(e.number, e.file)) for e in exercises]
    with tempfile.TemporaryDirectory() as copy:
        for e in exercises:
            if e.number in found.texts:
                path = Path(copy, e.file)
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(found.texts[e.number])
        sources = {e.number: str(given if given.is_file() and place == given.name else given / place) for e, place in places}
        yield Place(Path(copy), words, str(given), sources)


def _as_it_lies(given: Path, found: submissions.Submission, exercises: list[Exercise]) -> Path | None:
    """The folder in which all that was recognized lies as in `exercises/`, if
    nothing else does.
    """
    if found.refused:
        return None
    files = {e.number: e.file for e in exercises}
    tops = {place.removesuffix(files[n]) if place.endswith(files[n]) else None for n, place in found.places.items()}
    if not tops:
        return given
    top = tops.pop()
    return given / top if not tops and top is not None and (given / top).is_dir() else None


def exercise_of(path: Path, root: Path) -> Exercise | None:
    """The exercise that a file answers, by its name."""
    return recognition.exercise_of(path.as_posix(), submissions.known_names(root))


def is_answer(path: Path) -> bool:
    """Whether a path is one file to grade, and no folder, archive or
    notebook.
    """
    return path.is_file() and not archives.kind_of(path.name) and not recognition.is_notebook(path.name)
