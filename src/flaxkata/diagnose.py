"""Which known mistake a submission shows: behaviour is compared, not code.

A mistake's fingerprint is what its file did: which checks failed, at which
comparisons, in which way, with which values. A submission shows a mistake when
it did the same. Nobody writes detection rules.
"""

import hashlib
import itertools
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from flaxkata import catalog, compare, grade, remote, report
from flaxkata.compare import Comparison

if TYPE_CHECKING:
    from flaxkata.plugin import Judge

Behaviour = Mapping[tuple[str, str], Comparison]  # the comparisons that failed, by check and label

LIBRARIES = ("jax", "jaxlib", "flax", "optax", "numpy", "torch")


class Untried(Exception):
    """A mistake was not run yet, and there is no judge to run it."""


def explain(judge: "Judge | None", graded: list[grade.Graded], submission: Path, how: remote.How) -> report.Report:
    """The report of a run, with the names of the mistakes that it shows.

    Without a judge, raises Untried where a mistake must be run.
    """
    device = " and ".join(dict.fromkeys(g.device for g in graded if g.device)) or how.device
    results = [g.result(_mistakes(judge, g, how) if any(c.wrong for c in g.checks) else []) for g in graded]
    return report.Report(device, str(submission), results)


def try_all(judge: "Judge", exercise: catalog.Exercise, how: remote.How) -> None:
    """Run all mistakes of an exercise that were not run since something
    changed.
    """
    known = Fingerprints(judge, exercise, how)
    for slug in known.slugs:
        known.of(slug, judge.checks(exercise.place))


def _mistakes(judge: "Judge | None", graded: grade.Graded, how: remote.How) -> list[str]:
    attempted = [c.name for c in graded.checks if c.outcome != "todo"]
    known = Fingerprints(judge, graded.exercise, how)
    found = []
    for failing, functions in _parts(graded):
        mine = _behaviour({name: graded.traces[name] for name in failing})
        checks = [name for name in attempted if graded.uses[name] & functions or name in failing]
        alike = {slug: known.of(slug, failing) for slug in known.alike(mine, checks)}
        found += match(mine, alike) or match(mine, _likely(known, mine, failing, checks))
    return list(dict.fromkeys(found))


def _likely(known: "Fingerprints", mine: Behaviour, failing: list[str], checks: list[str]) -> Mapping[str, Behaviour]:
    """What those mistakes do in `checks` that agree somewhere in `failing`;
    most are out after one check or two.
    """
    return {slug: known.of(slug, checks) for slug in known.slugs if _agreeing(mine, known.of(slug, failing))}


def _parts(graded: grade.Graded) -> list[tuple[list[str], frozenset[str]]]:
    """Failing checks, apart where they call different functions of the
    learner's, and the functions of each part.

    A mistake in one function is then known whatever is wrong in another.
    """
    parts: list[tuple[list[str], frozenset[str]]] = []
    for check in (c for c in graded.checks if c.wrong):
        uses = graded.uses[check.name]
        joined = [p for p in parts if p[1] & uses]
        names = [name for p in joined for name in p[0]] + [check.name]
        parts = [p for p in parts if p not in joined] + [(names, uses.union(*(p[1] for p in joined)))]
    return parts


def match(mine: Behaviour, known: Mapping[str, Behaviour]) -> list[str]:
    """The mistake, or the two, that explain all that failed and fail nothing
    else; empty rather than a guess.

    One that did the same everywhere is preferred. Two are named when every
    comparison failed as with one of them, and each has some that show it alone:
    where both fail one, only the first of the two errors can be seen.
    """
    whole = [s for s, theirs in known.items() if theirs.keys() == mine.keys() == _agreeing(mine, theirs)]
    if whole:
        return whole if len(whole) == 1 else []
    pairs = [list(p) for p in itertools.combinations(known, 2) if _explained(mine, known[p[0]], known[p[1]])]
    return pairs[0] if len(pairs) == 1 else []


def _explained(mine: Behaviour, one: Behaviour, other: Behaviour) -> bool:
    """Whether two mistakes together did this. What one fails after the other
    has raised, in one check, is not seen.
    """
    cut = {check for (check, _), c in mine.items() if c.outcome == "raised"}
    seen = [{key for key in theirs if key[0] not in cut} for theirs in (one, other)]
    ones, others = _agreeing(mine, one), _agreeing(mine, other)
    clean = seen[0] - other.keys() <= ones and seen[1] - one.keys() <= others
    return clean and bool(ones - other.keys()) and bool(others - one.keys()) and ones | others == mine.keys()


def _agreeing(mine: Behaviour, theirs: Behaviour) -> set[tuple[str, str]]:
    """The comparisons that failed in the same way, with close values."""
    return {key for key, comparison in theirs.items() if key in mine and _same(mine[key], comparison)}


def _behaviour(traces: Mapping[str, list[Comparison]]) -> Behaviour:
    return {(check, c.label): c for check, trace in traces.items() for c in trace}


def _same(a: Comparison, b: Comparison) -> bool:
    if (a.label, a.outcome, a.detail, len(a.values)) != (b.label, b.outcome, b.detail, len(b.values)):
        return False
    # Two right implementations differ by less than 1e-6; two drawings of a statistic by up to its own tolerance each.
    return compare.error(np.array(a.values), np.array(b.values)) <= max(2 * a.tolerance, 1e-4)


# --- fingerprints ---


class Fingerprints:
    """What each mistake of an exercise does, from the cache where nothing has
    changed since; run when asked for.

    Values are known for these inputs alone. In which ways a mistake fails is
    known from any inputs, and tells which few are worth running on those of a
    cohort.
    """

    def __init__(self, judge: "Judge | None", exercise: catalog.Exercise, how: remote.How) -> None:
        self._judge, self._exercise, self._how = judge, exercise, replace(how, one_room=True)
        self._paths = {path.stem: path for path in exercise.mistakes}
        texts = {slug: path.read_text("utf-8") for slug, path in self._paths.items()}
        common, file, kit = conditions(exercise, how.device), f"{exercise.stem}.json", exercise.root / ".kata"
        self._known = Kept((how.kept or kit) / "fingerprints" / file, digest([common, how.secret]), texts)
        self._ways = Kept(kit / "ways" / file, common, texts)

    @property
    def slugs(self) -> list[str]:
        return list(self._paths)

    def alike(self, mine: Behaviour, checks: list[str]) -> list[str]:
        """The mistakes that failed the same comparisons of `checks` in the same
        ways, whatever the inputs and values.
        """
        wanted = {(check, c.label, c.outcome) for (check, _), c in mine.items()}
        ways = {slug: self._ways[slug] for slug in self._paths if all(c in self._ways[slug] for c in checks)}
        return [slug for slug, way in ways.items() if {(c, *pair) for c in checks for pair in way[c]} == wanted]

    def of(self, slug: str, checks: list[str]) -> Behaviour:
        """What the mistake fails in `checks`, and how."""
        known = self._known[slug]
        if missing := [c for c in checks if c not in known]:
            if self._judge is None:
                raise Untried(slug)
            (graded,) = grade.run(self._judge, [self._exercise], self._paths[slug], self._how, only=missing)
            for check in graded.checks:
                trace = graded.traces[check.name] if check.wrong else []
                known[check.name] = [asdict(c) for c in trace]
                self._ways[slug][check.name] = [[c.label, c.outcome] for c in trace]
            if not any(c.outcome in ("timeout", "killed") for c in graded.checks):  # a busy machine is no behaviour
                self._known.save()
                self._ways.save()
        return _behaviour({c: [_comparison(t) for t in known[c]] for c in checks})


class Kept:
    """What is known of each mistake, by check; in a JSON file, and forgotten
    when `common` or the mistake's text changes.
    """

    def __init__(self, file: Path, common: str, texts: Mapping[str, str]) -> None:
        self._file, old = file, _read(file)
        keys = {slug: digest([common, text]) for slug, text in texts.items()}
        fresh = {slug: {"key": key, "checks": {}} for slug, key in keys.items()}
        self._entries = {s: old[s] if old.get(s, {}).get("key") == keys[s] else fresh[s] for s in keys}

    def __getitem__(self, slug: str) -> dict:
        return self._entries[slug]["checks"]

    def save(self) -> None:
        _write(self._file, self._entries)


def _comparison(data: dict) -> Comparison:
    return Comparison(**data | {"values": tuple(data["values"])})


def conditions(exercise: catalog.Exercise, device: str) -> str:
    """All that a result depends on beside the submission: the checks, the twin,
    the kit, the libraries, the device.
    """
    twin = catalog.blank(exercise.solution.read_text("utf-8"), catalog.JAX)
    texts = [p.read_text("utf-8") for p in (exercise.tests, exercise.inside) if p.exists()]
    return digest([twin, *texts, _kit(), device])


def digest(texts: list[str]) -> str:
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


@cache
def _kit() -> str:
    """The grader that runs, and the libraries."""
    texts = [p.read_text("utf-8") for p in sorted(Path(__file__).parent.glob("*.py"))]
    texts += [f"{name} {version(name)}" for name in LIBRARIES] + [sys.version]
    return digest(texts)


def _read(cache: Path) -> dict:
    try:
        return json.loads(cache.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _write(cache: Path, entries: dict) -> None:
    """Whole or not at all; a folder that cannot be written costs time, not
    results.
    """
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        part = cache.with_suffix(f".{hashlib.sha256(json.dumps(entries).encode()).hexdigest()[:8]}")
        part.write_text(json.dumps(entries), "utf-8")
        part.replace(cache)
    except OSError:
        pass
