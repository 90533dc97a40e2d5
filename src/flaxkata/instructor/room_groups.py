"""Wrong answers in a room that did the same, which has no name yet: of what a
board was told, and without their code.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from flaxkata import posts, report
from flaxkata.judge import grouping
from flaxkata.judge.fingerprints import Behavior

MOST_VALUES = 20_000  # sampled in a verdict: one that has more is nobody's honest work
MOST_DISTINCT = 100  # behaviors of an exercise that are compared with one another, the commonest first


@dataclass(frozen=True)
class RoomGroup:
    """Those who did the same, by their numbers in the room: their group's own
    number among the exercise's, and what failed in the first of them.
    """

    exercise: str
    number: int
    learners: list[int]
    checks: list[posts.Check]


@dataclass(frozen=True)
class _Part:
    """What one learner did. Where it is exactly the same, `key` is."""

    learner: int
    checks: list[posts.Check]
    behavior: Behavior
    key: int


class RoomGroups:
    """The groups of what everybody in a room did last. An exercise is grouped
    when somebody looks, and once after each change of it.
    """

    def __init__(self, exercises: Iterable[str]) -> None:
        self._last: dict[str, dict[int, list[_Part]]] = {number: {} for number in exercises}
        self._found: dict[str, list[RoomGroup]] = {}

    def put(self, learner: int, verdict: posts.Verdict) -> None:
        """A newer verdict, in place of the learner's other."""
        if verdict.exercise not in self._last:
            return
        some, parts = self._last[verdict.exercise], _parts(learner, verdict)
        known = some.pop(learner, None)
        if parts:
            some[learner] = parts
        if known or parts:
            self._found.pop(verdict.exercise, None)

    def forget(self, learner: int) -> None:
        """Somebody's answers count no longer."""
        for exercise, some in self._last.items():
            if some.pop(learner, None):
                self._found.pop(exercise, None)

    def groups(self) -> list[RoomGroup]:
        """Those of all exercises, the commonest first."""
        found = [group for exercise, some in self._last.items() if some for group in self.of(exercise)]
        return sorted(found, key=lambda group: -len(group.learners))

    def of(self, exercise: str) -> list[RoomGroup]:
        """Those of one exercise, the commonest first."""
        if exercise not in self._found:
            self._found[exercise] = self._grouped(exercise)
        return self._found[exercise]

    def _grouped(self, exercise: str) -> list[RoomGroup]:
        same: dict[int, list[_Part]] = defaultdict(list)
        for part in itertools.chain(*self._last[exercise].values()):
            same[part.key].append(part)
        commonest = sorted(same.values(), key=lambda parts: -len(parts))[:MOST_DISTINCT]
        groups = [[*itertools.chain(*some)] for some in grouping.groups((parts, parts[0].behavior) for parts in commonest)]
        groups.sort(key=lambda parts: -len(parts))
        return [
            RoomGroup(exercise, number, [part.learner for part in parts], parts[0].checks)
            for number, parts in enumerate(groups, 1)
        ]


def _parts(learner: int, verdict: posts.Verdict) -> list[_Part]:
    if not verdict.unnamed or _values(verdict) > MOST_VALUES:
        return []
    found = []
    for behavior in grouping.unnamed_parts(result_of(verdict)):
        checks = grouping.failing(verdict.checks, behavior)
        found.append(_Part(learner, checks, behavior, hash(tuple(behavior.items()))))
    return found


def _values(verdict: posts.Verdict) -> int:
    return sum(len(failure.values) for check in verdict.checks for failure in check.failures)


def result_of(verdict: posts.Verdict) -> report.Exercise:
    """As much of a result as a board knows."""
    checks = [report.Check(c.name, c.name, 0, c.outcome, failures=c.failures, calls=c.calls) for c in verdict.checks]
    return report.Exercise(verdict.exercise, "", "", verdict.state, checks=checks, unnamed=verdict.unnamed)
