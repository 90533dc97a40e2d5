"""Wrong answers that did the same, grouped by the comparison that names
mistakes: for what has no name yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from flaxkata import report
from flaxkata.judge import diagnose
from flaxkata.judge.fingerprints import Behavior, behavior_of
from flaxkata.judge.store import UNCERTAIN


class Named(Protocol):
    """A check, of a report or of a post."""

    @property
    def name(self) -> str: ...


K = TypeVar("K")
C = TypeVar("C", bound=Named)


def groups(answers: Iterable[tuple[K, Behavior]]) -> list[list[K]]:
    """Those who did the same as the first of their group; the largest group
    first, then as they came. `answers` are failed comparisons to one exercise,
    and whose they are.
    """
    found: list[list[K]] = []
    like: dict[frozenset[object], list[tuple[Behavior, list[K]]]] = defaultdict(list)
    for who, behavior in answers:
        some = like[_outline(behavior)]
        group = next((members for first, members in some if diagnose.alike(first, behavior)), None)
        if group is None:
            group = []
            some.append((behavior, group))
            found.append(group)
        group.append(who)
    return sorted(found, key=lambda group: -len(group))


def _outline(behavior: Behavior) -> frozenset[object]:
    """What is equal where behavior is alike: everything except the values."""
    return frozenset((key, one.outcome, one.detail, len(one.values)) for key, one in behavior.items())


def unnamed_parts(result: report.Exercise) -> Iterator[Behavior]:
    """What failed in a result and no known mistake explains: apart, where
    different functions failed. A busy machine is not a mistake.
    """
    by_name = {check.name: check for check in result.checks}
    for part in diagnose.parts_of(result):
        checks = [by_name[name] for name in part.checks]
        certain = all(check.failures and check.outcome not in UNCERTAIN for check in checks)
        if certain and set(part.checks) <= set(result.unnamed):
            yield behavior_of({check.name: check.failures for check in checks})


def failing(checks: Iterable[C], behavior: Behavior) -> list[C]:
    """The checks in which something of this behavior was seen."""
    names = {check for check, _ in behavior}
    return [check for check in checks if check.name in names]
