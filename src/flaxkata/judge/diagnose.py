"""Which known mistake a submission shows: behavior is compared, not code.

A mistake's fingerprint is what its file did: which checks failed, at which
comparisons, in which way, with which values. A submission shows a mistake when
it did the same. Nobody writes detection rules.
"""

import itertools
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from flaxkata import common_mistakes, report
from flaxkata.exercise import Exercise, Variant
from flaxkata.judge import taught
from flaxkata.judge.fingerprints import Behavior, FingerprintCache, RunMistake, behavior_of
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.resemblance import error
from flaxkata.judge.session import GradingSession
from flaxkata.report import Check, Comparison, Outcome

Known = tuple[str, Behavior]  # a mistake's slug, and what one wording of it does

DISTINCT = 3  # different values that tell an error from others
CLOSE = 1e-4  # two right implementations differ by less than 1e-6


def name(session: GradingSession | None, exercise: Exercise, result: report.Exercise, options: GradeOptions) -> report.Exercise:
    """The result with the known mistakes that it shows. They are run in the
    session if what they do is not known; `must_run` says whether one is needed.
    """
    if is_named(exercise, result, options):
        return result
    digest = taught.digest_of_all(exercise, options)  # before: what is taught meanwhile is looked at the next time
    known, run = FingerprintCache(exercise, options), _runner(session, exercise, options)
    with known.saved_at_the_end():
        shown, unnamed = _shown(result, known, run)
    mistakes = [report.Mistake(slug, known.explanation(slug), not whole) for slug, whole in shown.items()]
    return replace(result, mistakes=mistakes, unnamed=unnamed, named_by=digest)


def is_named(exercise: Exercise, result: report.Exercise, options: GradeOptions) -> bool:
    """Whether the result's names were made from today's mistakes."""
    return result.named_by == taught.digest_of_all(exercise, options)


def must_run(exercise: Exercise, result: report.Exercise, options: GradeOptions) -> bool:
    """Whether mistakes may have to be run before the result's own can be
    named.
    """
    if is_named(exercise, result, options) or not result.wrong:
        return False
    return not FingerprintCache(exercise, options).covers(_attempted(result))


def try_all(session: GradingSession, exercise: Exercise, options: GradeOptions) -> None:
    """Run all mistakes of an exercise that were not run since something
    changed.
    """
    known, run = FingerprintCache(exercise, options), _runner(session, exercise, options)
    with known.saved_at_the_end():
        for name in known.variants:
            known.of(name, session.checks(exercise), run)


def _runner(session: GradingSession | None, exercise: Exercise, options: GradeOptions) -> RunMistake:
    def run(mistake: Variant, checks: list[str]) -> list[Check]:
        assert session, "mistakes must be run to name this one"
        alone = replace(options, shared=not mistake.own, constants=mistake.constants)
        (graded,) = session.run([exercise], mistake.path, alone, only=checks)
        return graded.checks

    return run


def _attempted(result: report.Exercise) -> list[str]:
    return [c.name for c in result.checks if c.outcome != Outcome.TODO]


@dataclass
class Part:
    """Failing checks that use the same functions of the learner's."""

    checks: list[str]
    calls: set[str]


def parts_of(result: report.Exercise) -> list[Part]:
    """Failing checks, apart where they use different functions: a mistake in
    one function is then known whatever is wrong in another.
    """
    parts: list[Part] = []
    for check in result.wrong:
        calls = set(check.calls)
        joined = [p for p in parts if p.calls & calls]
        merged = Part([name for p in joined for name in p.checks] + [check.name], calls.union(*(p.calls for p in joined)))
        parts = [p for p in parts if p not in joined] + [merged]
    return parts


def _shown(result: report.Exercise, known: FingerprintCache, run: RunMistake) -> tuple[dict[str, bool], list[str]]:
    """The slugs of the mistakes that a result shows, and whether those of its
    part explain all that failed there; and the checks of parts without a name.
    """
    by_name = {c.name: c for c in result.checks}
    found: dict[str, bool] = {}
    unnamed: list[str] = []
    for part in parts_of(result):
        behavior = behavior_of({name: by_name[name].failures for name in part.checks})
        related = [n for n in _attempted(result) if part.calls & set(by_name[n].calls) or n in part.checks]
        slugs = match(behavior, _by_slug(_failing_alike(known, behavior, part.checks, related, run), known))
        if not slugs:
            candidates = _by_slug(_candidates(known, behavior, part.checks, related, run), known)
            slugs = match(behavior, candidates) or by_check(behavior, candidates) or common(behavior)
        found |= slugs
        unnamed += [] if slugs else part.checks
    return found, unnamed


def _failing_alike(
    known: FingerprintCache, behavior: Behavior, failing: list[str], related: list[str], run: RunMistake
) -> Mapping[str, Behavior]:
    """What those mistakes do that fail in the ways that were seen, and did the
    same in the first check; most are out after it.
    """
    first = _of_check(behavior, failing[0])
    names = [name for name in known.failing_alike(behavior, related) if alike(first, known.of(name, failing[:1], run))]
    return {name: known.of(name, failing, run) for name in names}


def _by_slug(behaviors: Mapping[str, Behavior], known: FingerprintCache) -> list[Known]:
    return [(known.slugs[name], behavior) for name, behavior in behaviors.items()]


def _candidates(
    known: FingerprintCache, behavior: Behavior, failing: list[str], related: list[str], run: RunMistake
) -> Mapping[str, Behavior]:
    """What those mistakes do in `related` checks that agree somewhere in
    `failing`; most are out after one check or two.
    """
    passed = [check for check in related if check not in failing]
    agreeing = [name for name in known.may_agree(behavior, passed) if _agreeing(behavior, known.of(name, failing, run))]
    return {name: known.of(name, related, run) for name in agreeing}


def match(behavior: Behavior, known: list[Known]) -> dict[str, bool]:
    """The mistake, or the two, that explain all that failed and fail nothing
    else; empty rather than a guess.

    One that did the same everywhere is preferred. Two are named when every
    comparison failed as with one of them, and each has some that show it alone:
    where both fail one, only the first of the two errors can be seen. The pair
    with the fewest failures hidden in this way is preferred.
    """
    whole = {slug for slug, theirs in known if alike(behavior, theirs)}
    if whole:
        return dict.fromkeys(whole, True) if len(whole) == 1 else {}
    pairs: dict[int, dict[frozenset[str], tuple[str, str]]] = defaultdict(dict)
    for (a, one), (b, other) in itertools.combinations(known, 2):
        if a != b and (hidden := _hidden_if_both(behavior, one, other)) is not None:
            pairs[hidden][frozenset((a, b))] = (a, b)
    best = list(pairs[min(pairs)].values()) if pairs else []
    return dict.fromkeys(best[0], True) if len(best) == 1 else {}


def by_check(behavior: Behavior, known: list[Known]) -> dict[str, bool]:
    """The mistakes that show in checks of their own: one did all that failed
    there, with the same values, no other did, and it fails nothing that passed.
    Whether they explain every failing check.
    """
    failing = {check for check, _ in behavior}
    possible = [(slug, theirs) for slug, theirs in known if {check for check, _ in theirs} <= failing]
    found: dict[str, str] = {}
    for check in failing:
        mine = _of_check(behavior, check)
        did = {slug for slug, theirs in possible if _of_check(theirs, check).keys() == mine.keys() == _agreeing(mine, theirs)}
        if len(did) == 1 and _telling(mine):
            found[check] = did.pop()
    return dict.fromkeys((found[check] for check, _ in behavior if check in found), found.keys() == failing)


def common(behavior: Behavior) -> dict[str, bool]:
    """The mistakes of any exercise that this shows; whether they explain all of
    it.
    """
    shown = [common_mistakes.shown_by(comparison) for comparison in behavior.values()]
    return dict.fromkeys(filter(None, shown), all(shown))


def _of_check(behavior: Behavior, check: str) -> Behavior:
    return {key: comparison for key, comparison in behavior.items() if key[0] == check}


def _telling(behavior: Behavior) -> bool:
    """Whether values were seen that two different errors would hardly share."""
    values = {f"{value:.4g}" for c in behavior.values() if c.outcome in ("value", "finite") for value in c.values}
    return len(values) >= DISTINCT


def _hidden_if_both(behavior: Behavior, one: Behavior, other: Behavior) -> int | None:
    """How many failures were not seen, if two mistakes together did this; None
    if they did not. What one fails in a check in which the other raised, or
    failed before, is not seen.
    """
    raised = {check for (check, _), c in behavior.items() if c.outcome == "raised"}
    ones, others = _agreeing(behavior, one), _agreeing(behavior, other)
    hidden = [raised | {check for check, _ in agreeing} for agreeing in (others, ones)]
    visible = [{key for key in theirs if key[0] not in cut} for theirs, cut in zip((one, other), hidden, strict=True)]
    clean = visible[0] <= ones and visible[1] <= others
    alone = _specific(behavior, ones - other.keys()) and _specific(behavior, others - one.keys())
    if not (clean and alone and ones | others == behavior.keys()):
        return None
    return len((one.keys() - ones) | (other.keys() - others))


def _specific(behavior: Behavior, keys: set[tuple[str, str]]) -> bool:
    """Whether some of these comparisons saw more than a shape, which different
    errors share.
    """
    return any(behavior[key].outcome not in ("shape", "structure") for key in keys)


def alike(mine: Behavior, theirs: Behavior) -> bool:
    """Whether the same comparisons failed, in the same way, with close
    values.
    """
    return theirs.keys() == mine.keys() and all(same(mine[key], theirs[key]) for key in mine)


def _agreeing(mine: Behavior, theirs: Behavior) -> set[tuple[str, str]]:
    """The comparisons that failed in the same way, with close values."""
    return {key for key, comparison in theirs.items() if key in mine and same(mine[key], comparison)}


def same(a: Comparison, b: Comparison) -> bool:
    """Whether two comparisons failed in the same way, with close values."""
    if (a.label, a.outcome, a.detail, len(a.values)) != (b.label, b.outcome, b.detail, len(b.values)):
        return False
    # Two drawings of a statistic differ by up to its own tolerance each.
    return error(np.array(a.values), np.array(b.values)) <= max(2 * a.tolerance, CLOSE)
