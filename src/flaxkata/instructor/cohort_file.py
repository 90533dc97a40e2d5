"""Who handed in what, and what their results are kept under: `cohort.json`."""

import contextlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import msgspec

from flaxkata import cohort_report, files
from flaxkata.exercise import Exercise

SCHEMA = 2


@dataclass(frozen=True)
class HandedIn:
    """One learner's submission, as `cohort.json` has it: by exercise, the keys
    of the results, why files were refused, and where those that were taken lie
    in it (`places`); the exercises without a file; files that may be answers
    and were not recognized, and what was chosen where several answered an
    exercise.
    """

    name: str
    source: str
    ignored: list[str]
    keys: dict[str, str]
    refused: dict[str, str]
    absent: list[str]
    unrecognized: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Description:
    """`cohort.json`; `folder` is where the submissions are."""

    name: str
    secret: str
    exercises: list[cohort_report.Outline]
    learners: list[HandedIn]
    other: list[str]
    schema: int = SCHEMA
    folder: str = ""


def read(out: Path) -> Description | None:
    """`cohort.json`, if it is one of ours."""
    with contextlib.suppress(msgspec.ValidationError):
        return msgspec.convert(files.read_json(out / "cohort.json"), Description)
    return None


def write(out: Path, description: Description) -> None:
    """Whole or not at all; only its owner can read the secret."""
    files.write(out / "cohort.json", json.dumps(asdict(description), indent=1) + "\n", mode=0o600)


def with_others(
    new: Description, old: Description | None, exercises: list[Exercise], everything: list[Exercise]
) -> Description:
    """The description with its exercises, and with those of earlier runs in the
    same folder, which did other ones, as far as the same learners are there.
    """
    before = {one.source: one for one in old.learners} if old else {}
    numbers = {e.number for e in exercises}
    others = {o.id for o in old.exercises} - numbers if old else set()

    def both(one: HandedIn) -> HandedIn:
        if one.source not in before:
            return one
        earlier = before[one.source]
        kept = [{n: v for n, v in some.items() if n in others} for some in (earlier.keys, earlier.refused, earlier.places)]
        keys, refused, places = (old | now for old, now in zip(kept, (one.keys, one.refused, one.places), strict=True))
        absent = [n for n in earlier.absent if n in others]
        return replace(one, keys=keys, refused=refused, places=places, absent=absent + one.absent)

    known = [e for e in everything if e.number in numbers | others]
    outlines = [cohort_report.Outline(e.number, e.slug, e.title, e.chapter, e.file) for e in known]
    return replace(new, exercises=outlines, learners=[both(one) for one in new.learners])
