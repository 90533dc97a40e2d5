"""What known mistakes do: the comparisons that fail, by check. A mistake is run
when somebody asks, and what it did is kept.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from flaxkata import common_mistakes, files
from flaxkata.exercise import Exercise, Variant
from flaxkata.judge import store, taught
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.ways import KnownWays, Way, way_of
from flaxkata.report import Check, Comparison

Behavior = Mapping[tuple[str, str], Comparison]  # the comparisons that failed, by check and label
RunMistake = Callable[[Variant, list[str]], list[Check]]  # the checks of these names, run on a mistake


class FingerprintCache:
    """What each wording of an exercise's mistakes does on a run's inputs, by
    its name.

    Values are known for these inputs alone. In which ways a mistake fails is
    known for any inputs, and tells which few are worth running on these.
    """

    def __init__(self, exercise: Exercise, options: GradeOptions) -> None:
        self.variants = {variant.name: variant for variant in exercise.variants}
        texts = {name: variant.text for name, variant in self.variants.items()}
        folder = options.fingerprints or exercise.root / ".kata" / "fingerprints"
        common = store.digest(store.conditions(exercise, options.device), options.secret)
        self._known = _Entries(folder / f"{exercise.stem}.json", common, texts)
        written = KnownWays(exercise)
        self._ways = {name: written.of(variant) for name, variant in self.variants.items()}
        self._exact, self._same_inputs = written.exact, written.exact and not options.secret
        self._exercise, records = exercise, taught.applying(exercise, options)
        self._taught = {f"taught:{number}": record for number, record in enumerate(records)}
        self._ways |= {name: _ways_of(behavior_of(record.failures)) for name, record in self._taught.items()}
        self.slugs = {name: variant.slug for name, variant in self.variants.items()}
        self.slugs |= {name: record.slug for name, record in self._taught.items()}

    def covers(self, checks: list[str]) -> bool:
        """Whether it is known what every mistake does in these checks."""
        return all(self.covers_one(name, checks) for name in self.variants)

    def covers_one(self, name: str, checks: list[str]) -> bool:
        """Whether it is known what one wording does in these checks."""
        return all(check in self._known[name] or self._fails(name, check) is False for check in checks)

    def failing_alike(self, behavior: Behavior, checks: list[str]) -> list[str]:
        """The mistakes that fail the same comparisons of `checks` in the same
        ways, whatever the inputs and values.
        """
        wanted = _ways_of(behavior)
        return [n for n, ways in self._ways.items() if ways is not None and {w for w in ways if w[0] in checks} == wanted]

    def may_agree(self, behavior: Behavior, passed: list[str]) -> list[str]:
        """The mistakes that fail somewhere in a way that was seen, and none of
        the checks that passed, as far as that is known.
        """
        shown = _ways_of(behavior)
        found = [name for name, ways in self._ways.items() if ways is None or not self._exact or ways & shown]
        return [name for name in found if not any(self._fails(name, check) for check in passed)]

    def _fails(self, name: str, check: str) -> bool | None:
        """Whether a mistake fails a check; None where that is not known. What
        is written down was seen on the inputs of a run without a secret.
        """
        ways = self._ways[name]
        return any(way[0] == check for way in ways) if self._same_inputs and ways is not None else None

    def of(self, name: str, checks: list[str], run: RunMistake) -> Behavior:
        """What the mistake fails in `checks`, and how."""
        if record := self._taught.get(name):
            return behavior_of({check: record.failures.get(check, []) for check in checks})
        known = self._known[name]
        if missing := [c for c in checks if c not in known and self._fails(name, c) is not False]:
            self.learn(name, run(self.variants[name], missing))
        return behavior_of({check: msgspec.convert(known.get(check, []), list[Comparison]) for check in checks})

    def explanation(self, slug: str) -> str:
        """What the learner is told of a mistake."""
        words = {record.slug: record.text for record in self._taught.values()}
        if slug in words:
            return words[slug]
        return self._exercise.explanation(slug) if slug in self.slugs.values() else common_mistakes.WORDS[slug]

    def learn(self, name: str, checks: list[Check]) -> None:
        """Keep what the mistake did in these checks, unless the machine was too
        busy.
        """
        for check in checks:
            failures = check.failures if check.wrong else []
            self._known[name][check.name] = msgspec.to_builtins(failures)
        if not any(check.outcome in store.UNCERTAIN for check in checks):
            self._known.save(name)

    @contextlib.contextmanager
    def saved_at_the_end(self) -> Iterator[None]:
        """What is learned in this block is written at its end, at once: all of
        an exercise is one file.
        """
        self._known.waits = True
        try:
            yield
        finally:
            self._known.waits = False
            self._known.write()


def _ways_of(behavior: Behavior) -> set[Way]:
    return {way_of(check, comparison) for (check, _), comparison in behavior.items()}


def behavior_of(failures: Mapping[str, list[Comparison]]) -> Behavior:
    """Failed comparisons by check, as a behavior."""
    return {(check, c.label): c for check, failed in failures.items() for c in failed}


class _Entries:
    """What is known of each mistake, by check; in a JSON file, and forgotten
    when `common` or the mistake's text changes.
    """

    def __init__(self, file: Path, common: str, texts: Mapping[str, str]) -> None:
        self.waits = False  # whether `save` leaves the writing to a later `write`
        self._unwritten: set[str] = set()
        self._file, old = file, files.read_json(file)
        self._entries: dict[str, dict[str, Any]] = {}
        for slug, text in texts.items():
            key = store.digest(common, text)
            same = old.get(slug, {}).get("key") == key
            self._entries[slug] = old[slug] if same else {"key": key, "checks": {}}

    def __getitem__(self, slug: str) -> dict[str, Any]:
        checks: dict[str, Any] = self._entries[slug]["checks"]
        return checks

    def save(self, slug: str) -> None:
        """Keep what is known of one."""
        self._unwritten.add(slug)
        if not self.waits:
            self.write()

    def write(self) -> None:
        """Write what is to be kept; what other judges found out stays."""
        if self._unwritten:
            files.update_json(self._file, lambda kept: kept | {slug: self._joined(slug, kept) for slug in self._unwritten})
            self._unwritten.clear()

    def _joined(self, slug: str, kept: dict[str, Any]) -> dict[str, Any]:
        mine, other = self._entries[slug], kept.get(slug, {})
        checks = other["checks"] if other.get("key") == mine["key"] else {}
        return mine | {"checks": checks | mine["checks"]}
