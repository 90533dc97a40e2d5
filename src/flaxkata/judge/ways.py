"""In which ways each known mistake fails: which comparisons, and how, whatever
the inputs and values. `tests/ways/` has them, so that only the few mistakes
that fail as an answer does are run before it gets a name.
"""

import functools
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from flaxkata import files
from flaxkata.exercise import Exercise, Variant
from flaxkata.judge import store
from flaxkata.report import Check, Comparison

Way = tuple[str, str, str]  # a check, the label of a comparison that fails there, and its outcome


@dataclass
class Written:
    """An exercise's file: what it was made from, all ways, and which of them
    each wording shows; by its name, with the digest of its text.
    """

    conditions: str = ""
    libraries: dict[str, str] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    mistakes: dict[str, tuple[str, list[int]]] = field(default_factory=dict)


class KnownWays:
    """What an exercise's file says of the mistakes that have not changed since;
    nothing, once the checks have. `exact` where the libraries are the same too.
    """

    def __init__(self, exercise: Exercise) -> None:
        found = _read(exercise)
        current = found.conditions == store.checks_digest(exercise)
        self.exact = current and found.libraries == store.libraries()
        self._written = found if current else Written()

    def of(self, variant: Variant) -> set[Way] | None:
        """The ways in which a mistake fails; None where that is not known."""
        text, shown = self._written.mistakes.get(variant.name, ("", []))
        if text != _digest(variant):
            return None
        return {(check, _plain(label), outcome) for check, label, outcome in (self._written.ways[i] for i in shown)}


def way_of(check: str, comparison: Comparison) -> Way:
    """The way in which a comparison failed."""
    return check, _plain(comparison.label), comparison.outcome


@functools.cache
def _plain(label: str) -> str:
    """A label without arguments and numbers: a cohort's secret moves them, and
    what is long is shown short.
    """
    while label != (label := re.sub(r"\([^()]*\)", "", label)):
        pass
    return re.sub(r"\d[\d.e+-]*", "#", label)


def ways_of(checks: Iterable[Check]) -> set[Way]:
    """All ways in which checks failed."""
    return {way_of(check.name, comparison) for check in checks if check.wrong for comparison in check.failures}


def text_of(exercise: Exercise, seen: Mapping[str, set[Way]]) -> str:
    """The text of an exercise's file, from what wordings were seen to do."""
    every = sorted({way for ways in seen.values() for way in ways})
    places = {way: i for i, way in enumerate(every)}
    mistakes = {v.name: [_digest(v), sorted(places[way] for way in seen[v.name])] for v in exercise.variants if v.name in seen}
    head = {"conditions": store.checks_digest(exercise), "libraries": store.libraries()}
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in head.items()]
    lines.append('"ways": [\n' + ",\n".join(map(json.dumps, every)) + "\n]")
    lines.append('"mistakes": {\n' + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in mistakes.items()) + "\n}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _read(exercise: Exercise) -> Written:
    raw: Any = files.read_json(exercise.ways)
    try:
        return msgspec.convert(raw, Written)
    except msgspec.ValidationError:
        return Written()


def _digest(variant: Variant) -> str:
    return _short_digest(variant.text)


@functools.cache
def _short_digest(text: str) -> str:
    return store.digest(text)[:16]
