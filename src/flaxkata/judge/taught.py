"""Mistakes as words and recorded behavior, for graders on other machines: what
is compared with a learner's answer, and never a file that runs there.

A record lies in `.kata/taught/` and may have come over a network, so it is
bounded and read strictly. It holds for the inputs that everybody has: where a
secret moves them, as in a cohort, the mistake's file is run instead.
"""

import functools
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from flaxkata import files, report
from flaxkata.exercise import Exercise
from flaxkata.judge import store
from flaxkata.judge.options import GradeOptions
from flaxkata.report import Check, Comparison

FOLDER = Path(".kata", "taught")  # below the folder with the learner's exercises
MOST = 4 << 20  # bytes of a record
SLUG = r"^[a-z][a-z0-9_]{2,59}\Z"
NOT_FINITE = ("nan", "inf", "-inf")  # values that JSON has no numbers for

Text = Annotated[str, Meta(max_length=report.MOST_TEXT + 100)]  # what `report.cut` leaves


class BadRecord(ValueError):
    """A record cannot be used; the message says why."""


class Failure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comparison that fails, as `report.Comparison` has it."""

    label: Text
    outcome: Annotated[str, Meta(pattern=r"^[a-z]{1,20}\Z")]
    detail: Text
    values: Annotated[tuple[float | Literal["nan", "inf", "-inf"], ...], Meta(max_length=256)]
    tolerance: Annotated[float, Meta(ge=0, le=1000)]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mistake of an exercise: its name, the words to say, and what fails in
    each check. `checks_digest` is of the checks that it was recorded with.
    """

    exercise: Annotated[str, Meta(pattern=r"^\d{1,3}\.\d{1,3}\Z")]
    slug: Annotated[str, Meta(pattern=SLUG)]
    words: Annotated[str, Meta(min_length=1, max_length=report.MOST_TEXT)]
    checks_digest: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    checks: Annotated[
        dict[
            Annotated[str, Meta(pattern=r"^test_\w{1,100}\Z")],
            Annotated[tuple[Failure, ...], Meta(max_length=report.MOST_FINDINGS + 1)],
        ],
        Meta(min_length=1, max_length=50),
    ]
    schema: Literal[1] = 1

    @property
    def text(self) -> str:
        """The words as they are shown: plain, in one alphabet of printable
        characters.
        """
        return report.printable(self.words)

    @property
    def failures(self) -> dict[str, list[Comparison]]:
        """The comparisons that fail, by check."""
        return {check: [_comparison(one) for one in failed] for check, failed in self.checks.items() if failed}


def _comparison(one: Failure) -> Comparison:
    return Comparison(one.label, one.outcome, one.detail, tuple(map(float, one.values)), one.tolerance)


def _failure(one: Comparison) -> Failure:
    values = tuple(value if math.isfinite(value) else str(value) for value in one.values)
    return Failure(one.label, one.outcome, one.detail, values, one.tolerance)  # type: ignore[arg-type]


# --- one record ---


def record(exercise: Exercise, slug: str, words: str, checks: Iterable[Check]) -> Record:
    """What an answer did on the inputs that everybody has, as a mistake. Raises
    BadRecord.
    """
    failed = {check.name: tuple(map(_failure, check.failures)) if check.wrong else () for check in checks}
    return decoded(encoded(Record(exercise.number, slug, words, store.checks_digest(exercise), failed)))


def encoded(made: Record) -> bytes:
    """A record as JSON."""
    return msgspec.json.encode(made)


def decoded(data: bytes) -> Record:
    """The record that JSON holds. Raises BadRecord."""
    if len(data) > MOST:
        raise BadRecord(f"it is larger than {MOST >> 20} MB")
    try:
        found = msgspec.json.decode(data, type=Record)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise BadRecord(f"it is not a record of a mistake: {report.one_line(str(error), 200)}") from None
    if not found.text.strip():
        raise BadRecord("it has no words")
    if not found.failures:
        raise BadRecord("nothing fails in it")
    return found


def misfit(found: Record, exercises: Iterable[Exercise]) -> str:
    """Why a record says nothing of these exercises' answers; nothing if it
    does.
    """
    exercise = next((e for e in exercises if e.number == found.exercise), None)
    return _Here(exercise).misfit(found) if exercise else f"there is no exercise {found.exercise}"


class _Here:
    """What an exercise is on this machine: its checks, and the names of its
    mistakes, which mean here what they mean here.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._exercise, self._checks = exercise, store.checks_digest(exercise)
        self._known = {path.stem for path in (*exercise.mistakes, *exercise.own_mistakes)}

    def misfit(self, found: Record) -> str:
        number, slug = self._exercise.number, found.slug
        if found.checks_digest != self._checks:
            return f"it was recorded with different checks of {number}: yours and the sender's versions differ"
        if slug in self._known and self._exercise.explanation(slug).split() != found.text.split():
            return f"a different mistake of {number} has the name {slug}"
        return ""


# --- those that were taught ---


def keep(root: Path, found: Record) -> Path:
    """Put a record beside a learner's exercises, in place of those of its name
    with different words. Raises OSError.
    """
    content = encoded(found)
    path = root / FOLDER / f"{found.exercise}_{found.slug}_{store.digest(content.decode())[:12]}.json"
    files.write(path, content)
    for other in path.parent.glob(f"{found.exercise}_{found.slug}_*.json"):
        if (old := _read(other)[0]) and old.slug == found.slug and old.words != found.words:
            other.unlink()
    return path


def read(path: Path) -> Record | BadRecord:
    """The record in a file, or why there is none."""
    found, why = _read(path)
    return found or BadRecord(why)


def all_of(root: Path) -> dict[Path, Record | BadRecord]:
    """What lies beside a learner's exercises."""
    return {path: read(path) for path in sorted((root / FOLDER).glob("*.json"))}


def applying(exercise: Exercise, options: GradeOptions) -> list[Record]:
    """The records that answers to an exercise are compared with. One that
    cannot be used is left out: no verdict waits for it.
    """
    return [one for one, _ in _applying(exercise, options)]


def digest_of_all(exercise: Exercise, options: GradeOptions) -> str:
    """Changes when a mistake or a record of one is added, removed or edited."""
    records = [digest for _, digest in _applying(exercise, options)]
    return store.digest(exercise.mistakes_digest, *records) if records else exercise.mistakes_digest


def _applying(exercise: Exercise, options: GradeOptions) -> list[tuple[Record, str]]:
    if options.secret:
        return []
    found = [_read(path) for path in sorted((exercise.root / FOLDER).glob(f"{exercise.number}_*.json"))]
    here = _Here(exercise) if found else None
    usable = [(one, digest) for one, digest in found if one and one.exercise == exercise.number]
    return [(one, digest) for one, digest in usable if here and not here.misfit(one)]


def _read(path: Path) -> tuple[Record | None, str]:
    """A record and its digest, or None and why there is none."""
    try:
        about = path.stat()
        return _cached(path, about.st_mtime_ns, about.st_size)
    except OSError as error:
        return None, f"it cannot be read: {error.strerror}"


@functools.lru_cache(1000)
def _cached(path: Path, changed_at: int, size: int) -> tuple[Record | None, str]:
    if size > MOST:
        return None, f"it is larger than {MOST >> 20} MB"
    data = path.read_bytes()
    try:
        return decoded(data), store.digest(data.decode())
    except BadRecord as error:
        return None, str(error)
