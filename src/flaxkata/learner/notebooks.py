"""Notebooks written beside a learner's exercises, and answers taken out of
them, without losing a line of theirs.
"""

from dataclasses import dataclass, field
from pathlib import Path

from flaxkata import files
from flaxkata.exercise import Exercise
from flaxkata.learner import progress
from flaxkata.notebook import answers, reader, writer

FOLDER = "notebooks"


@dataclass
class Taken:
    """What was done with a notebook's answers, by exercise number: where the
    text went that was in the file before; what was not begun, or is in the file
    already; and why other cells with `%%kata` answer nothing.
    """

    written: dict[str, Path | None] = field(default_factory=dict)
    untouched: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def texts(exercises: list[Exercise], chosen: bool, solved: bool) -> dict[str, str]:
    """The notebooks by file name: an exercise that was chosen alone has its
    own, and else each chapter has one.
    """
    if chosen and len(exercises) == 1:
        return {writer.name(exercises): writer.notebook(exercises, solved=solved)}
    found = writer.chapters(exercises)
    return {f"{name}.ipynb": writer.notebook(some, f"{FOLDER}/{name}.ipynb", solved) for name, some in found.items()}


def write(new: dict[str, str], folder: Path, first: Exercise) -> dict[Path, Path | None]:
    """Write notebooks into a folder; by path, where what was there went to.
    What is there already is not written again.
    """
    done: dict[Path, Path | None] = {}
    for path, text in differing(new, folder).items():
        done[path] = progress.back_up(first, path) if path.exists() else None
        files.write(path, text)
    return done


def differing(new: dict[str, str], folder: Path) -> dict[Path, str]:
    """The notebooks that are not in the folder as they should be."""
    return {folder / name: text for name, text in new.items() if not _is(folder / name, text)}


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_bytes() == text.encode()


def take(file: Path, exercises: list[Exercise]) -> Taken:
    """Write a notebook's answers into the exercises' files. Raises
    reader.Unreadable.
    """
    found = reader.read(file.read_bytes(), exercises)
    taken = Taken(passed_over=found.passed_over)
    for e in exercises:
        if e.number not in found.texts:
            continue
        answer = found.texts[e.number]
        text = answers.file_of(e, answer)
        if answers.is_stub(e, answer):
            taken.untouched.append(e.number)
        elif _is(e.stub, text):
            taken.same.append(e.number)
        else:
            taken.written[e.number] = progress.back_up(e) if e.stub.exists() else None
            files.write(e.stub, text)
    return taken
