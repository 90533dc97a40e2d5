"""The files and notebooks' cells that answer an exercise, and which of several
is taken.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from flaxkata import stubs
from flaxkata.exercise import Exercise
from flaxkata.instructor import archives, recognition
from flaxkata.instructor.archives import Allowance, Entry
from flaxkata.instructor.recognition import Names
from flaxkata.notebook import answers, reader

MOST = 1 << 20  # bytes of one exercise's file; our longest solution has 6 kB


@dataclass(frozen=True)
class Claim:
    """A file that answers an exercise: its content, why it is refused, and what
    decides between several; the larger goes first.
    """

    entry: Entry
    content: bytes
    refused: str
    rank: tuple[int, bool, int, bool, int]


@dataclass(frozen=True)
class Notebook:
    """A notebook's answers by exercise number, and why other cells answer
    nothing.
    """

    entry: Entry  # with why there are none
    texts: dict[str, str] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)


def by_exercise(
    entries: list[Entry], notebooks: list[Notebook], known: Names, allowance: Allowance
) -> dict[Exercise, list[Claim]]:
    """The files that answer each exercise, the one to take first."""
    found: dict[Exercise, list[Claim]] = {}
    order = {id(entry): place for place, entry in enumerate(entries)}
    for entry in entries:
        if e := recognition.exercise_of(entry.path, known):
            content, refused = _content(entry, MOST, allowance)
            found.setdefault(e, []).append(_claim(e, entry, content, refused, order[id(entry)]))
    by_number = answers.by_name(known.values())
    for one in notebooks:
        for number, text in one.texts.items():
            e, content = by_number[number], text.encode("utf-8", "replace")
            refused = f"has more than {MOST >> 20} MB of answer to {number}" if len(content) > MOST else ""
            found.setdefault(e, []).append(_claim(e, one.entry, content, refused, order[id(one.entry)]))
    return {e: sorted(claims, key=lambda claim: claim.rank, reverse=True) for e, claims in found.items()}


def _claim(exercise: Exercise, entry: Entry, content: bytes, refused: str, order: int) -> Claim:
    kind = 1 if refused else 0 if _is_stub(exercise, content) else 2
    # Zips know their files' times to two seconds.
    moment, exact = int(entry.changed) // 2, recognition.is_exact(entry.path, exercise)
    return Claim(entry, content, refused, (kind, recognition.in_exercises(entry.path), moment, exact, order))


def _content(entry: Entry, most: int, allowance: Allowance) -> tuple[bytes, str]:
    """What a file holds, or why it is refused."""
    if entry.refused:
        return b"", entry.refused
    try:
        content = entry.read(allowance, most)
    except Exception as error:  # zipfile and its like raise whatever the bytes make them stumble over
        return b"", archives.unread(error)
    return content, f"is larger than {most >> 20} MB" if len(content) > most else ""


def read_notebook(entry: Entry, known: Names, allowance: Allowance) -> Notebook:
    """The answers of a notebook, or why there are none."""
    content, refused = _content(entry, reader.MOST, allowance)
    if refused:
        return Notebook(replace(entry, refused=refused, place=True))
    try:
        found = reader.read(content, list(set(known.values())))
    except reader.Unreadable as error:
        return Notebook(replace(entry, refused=str(error), place=True))
    words = "" if found.texts else "has no cell that begins with `%%kata` and an exercise"
    return Notebook(replace(entry, refused=words), found.texts, found.passed_over)


WHY = (
    "the other is {}",
    "the other is not in exercises/",
    "the other is older",
    "the other has not the exercise's own name",
    "the other comes before it",
)


def choices(exercise: Exercise, claims: list[Claim]) -> Iterator[str]:
    """Which file was taken where others have another text, and why."""
    best = claims[0]
    for other in claims[1:]:
        if other.refused or _plain(other.content) != _plain(best.content):
            yield _choice(exercise, best, other)


def _choice(exercise: Exercise, best: Claim, other: Claim) -> str:
    """Which of two files was taken, and why: the first thing in which their
    ranks differ.
    """
    why = next(words for words, a, b in zip(WHY, best.rank, other.rank, strict=True) if a != b)
    what = "the stub" if not other.rank[0] else f"refused: it {other.refused}"
    return f"{exercise.number}: {best.entry.path} was taken and not {other.entry.path}, since {why.format(what)}."


def _plain(content: bytes) -> bytes:
    """A text without what editors change."""
    return b"\n".join(line.rstrip() for line in content.removeprefix(b"\xef\xbb\xbf").splitlines()).strip()


def _is_stub(exercise: Exercise, content: bytes) -> bool:
    """Whether a text is what is handed out, as a file or as a cell."""
    return _plain(content) in _stubs(exercise)


@functools.cache
def _stubs(exercise: Exercise) -> tuple[bytes, bytes]:
    stub = stubs.cut(exercise)
    return _plain(stub.encode()), _plain(answers.graded(answers.parts(stub)[2]).encode())
