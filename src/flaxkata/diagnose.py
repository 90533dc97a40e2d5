"""Which known mistake a submission shows: behaviour is compared, not code.

A mistake's fingerprint is what its file did: which checks failed, at which comparisons, in which way, with which
values. A submission shows a mistake when it did the same. Nobody writes detection rules.
"""

import ast
import hashlib
import itertools
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from flaxkata import catalog, compare, grade, report
from flaxkata.compare import Comparison

Trace = list[Comparison]
Behaviour = Mapping[str, Trace]  # by the name of the check; only checks that failed

LIBRARIES = ("jax", "jaxlib", "flax", "optax", "numpy", "torch")


def explain(graded: list[grade.Graded], submission: Path, how: grade.How) -> report.Report:
    """The report of a run, with the names of the mistakes that it shows."""
    device = next((g.device for g in graded if g.device), how.device)
    results = [g.result(_mistakes(g, how) if any(c.wrong for c in g.checks) else []) for g in graded]
    return report.Report(device, str(submission), results)


def advice(exercise: catalog.Exercise, slug: str) -> str:
    """What a mistake's docstring tells the learner."""
    path = next(p for p in exercise.mistakes if p.stem == slug)
    return ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""


def _mistakes(graded: grade.Graded, how: grade.How) -> list[str]:
    attempted = [c.name for c in graded.checks if c.outcome != "todo"]
    mine = {c.name: graded.traces[c.name] for c in graded.checks if c.wrong}
    known = Fingerprints(graded.exercise, how)
    fitting = [s for s in known.slugs if _fits(mine, known.of(s, list(mine)))]  # most are out after one check or two
    return match(mine, {slug: known.of(slug, attempted) for slug in fitting})


def match(mine: Behaviour, known: Mapping[str, Behaviour]) -> list[str]:
    """The mistake, or two of them, that explain every failing check and fail no other; empty rather than a guess.

    A mistake is in question when all that it fails, failed here in the same way. One that explains everything is
    preferred; else a single pair that does, as when two functions of one exercise have a mistake each.
    """
    fitting = [slug for slug, behaviour in known.items() if _fits(mine, behaviour)]
    for count in (1, 2):
        whole = [g for g in itertools.combinations(fitting, count) if set().union(*(known[s] for s in g)) == set(mine)]
        if whole:
            return list(whole[0]) if len(whole) == 1 else []
    return []


def _fits(mine: Behaviour, theirs: Behaviour) -> bool:
    return bool(theirs) and all(check in mine and agree(mine[check], trace) for check, trace in theirs.items())


def agree(mine: Trace, theirs: Trace) -> bool:
    """Whether two checks failed at the same comparisons, in the same way, with close values."""
    return len(mine) == len(theirs) and all(map(_same, mine, theirs))


def _same(a: Comparison, b: Comparison) -> bool:
    if (a.label, a.outcome, a.detail, len(a.values)) != (b.label, b.outcome, b.detail, len(b.values)):
        return False
    # Two right implementations differ by less than 1e-6; two drawings of a statistic by up to its own tolerance each.
    return compare.error(np.array(a.values), np.array(b.values)) <= max(2 * a.tolerance, 1e-4)


# --- fingerprints ---


class Fingerprints:
    """What each mistake of an exercise does, from the cache where nothing has changed since; run when asked for."""

    def __init__(self, exercise: catalog.Exercise, how: grade.How) -> None:
        self._exercise, self._how = exercise, replace(how, one_room=True)
        self._paths = {path.stem: path for path in exercise.mistakes}
        self._cache = exercise.root / ".kata" / "fingerprints" / f"{exercise.stem}.json"
        old, keys = _read(self._cache), {slug: _key(exercise, path, how.device) for slug, path in self._paths.items()}
        fresh = {slug: {"key": key, "checks": {}} for slug, key in keys.items()}
        self._entries = {s: old[s] if old.get(s, {}).get("key") == keys[s] else fresh[s] for s in keys}

    @property
    def slugs(self) -> list[str]:
        return list(self._paths)

    def of(self, slug: str, checks: list[str]) -> dict[str, Trace]:
        """Those of `checks` that the mistake fails, and how."""
        known = self._entries[slug]["checks"]
        if missing := [c for c in checks if c not in known]:
            (graded,) = grade.run([self._exercise], self._paths[slug], self._how, only=missing)
            for check in graded.checks:
                known[check.name] = [asdict(t) for t in graded.traces[check.name]] if check.wrong else []
            _write(self._cache, self._entries)
        return {c: [_comparison(t) for t in known[c]] for c in checks if known[c]}


def _comparison(data: dict) -> Comparison:
    return Comparison(**data | {"values": tuple(data["values"])})


def _key(exercise: catalog.Exercise, mistake: Path, device: str) -> str:
    """All that a fingerprint depends on: the files, the kit, the libraries, the device."""
    twin = catalog.blank(exercise.solution.read_text("utf-8"), catalog.JAX)
    files = [mistake, exercise.tests, exercise.inside, *sorted(Path(__file__).parent.glob("*.py"))]
    texts = [p.read_text("utf-8") for p in files if p.exists()]
    versions = [f"{name} {version(name)}" for name in LIBRARIES] + [sys.version, device]
    return hashlib.sha256(json.dumps([twin, texts, versions]).encode()).hexdigest()


def _read(cache: Path) -> dict:
    try:
        return json.loads(cache.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _write(cache: Path, entries: dict) -> None:
    """Whole or not at all; a folder that cannot be written costs time, not results."""
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        part = cache.with_suffix(f".{hashlib.sha256(json.dumps(entries).encode()).hexdigest()[:8]}")
        part.write_text(json.dumps(entries), "utf-8")
        part.replace(cache)
    except OSError:
        pass
