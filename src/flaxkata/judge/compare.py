"""The comparisons of graded checks. Each is recorded, whether it holds or not,
with the values that it saw: that is what mistakes are recognized by. One that
fails is reported to pytest-check and does not end the check.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, TypeVar

import numpy as np
from pytest_check import check

from flaxkata.common_mistakes import IN_PLACE
from flaxkata.judge import activations, curves, differences
from flaxkata.judge.differences import Expectation
from flaxkata.judge.proxy import Handle, fetch, fetched_from, sums
from flaxkata.judge.trees import Path, as_numpy, flatten, is_numeric, kind, kind_over_there, sample, show_path
from flaxkata.report import Comparison, Curve

T = TypeVar("T")

Change = tuple[Path, str, Any]  # the path of what changed, how, and what it holds now


@dataclass
class Recording:
    """What the comparisons of one check saw. `settings` are the phrases that
    say with which inputs it is trying now; `tolerance_scale` multiplies
    tolerances.
    """

    comparisons: list[Comparison] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    tolerance_scale: float = 1.0

    @property
    def setting(self) -> str:
        """With what the check is trying now: `with decay 0.37, under
        jax.jit`.
        """
        return ", ".join(self.settings)

    @property
    def begin(self) -> str:
        """How a sentence about it begins: `With decay 0.37, `, or nothing."""
        return f"{self.setting[:1].upper()}{self.setting[1:]}, " if self.settings else ""

    @property
    def failures(self) -> list[Comparison]:
        return [c for c in self.comparisons if c.outcome != "equal"]

    @property
    def nearest(self) -> float:
        """The largest error that passed, as a share of its tolerance."""
        return max((c.share for c in self.comparisons), default=0.0)


current = Recording()  # of the check that runs


def start_recording(tolerance_scale: float = 1.0) -> None:
    """Begin a check."""
    global current
    current = Recording(tolerance_scale=tolerance_scale)


# --- what a check varies ---


def each(values: Iterable[T], words: str) -> Iterator[T]:
    """The values one after another; what fails meanwhile says with which.

    `words` is a phrase for a value: `each((0.5, 0.9), "with decay {}")`. One
    place takes the whole value; the items of a tuple fill several places:
    `"with k {} and window {}"`.
    """
    settings = current.settings
    depth = len(settings)
    for value in values:
        items = value if isinstance(value, tuple) and words.count("{") > 1 else (value,)
        settings[depth:] = [words.format(*items)]
        yield value
    del settings[depth:]  # not after an exception: its finding says with which value it came


@contextlib.contextmanager
def when(words: str) -> Iterator[None]:
    """A circumstance that what fails in this block names, such as `under
    jax.jit`.
    """
    settings = current.settings
    depth = len(settings)
    settings.append(words)
    yield
    del settings[depth:]  # not after an exception, as in `each`


def in_setting(comparison: Comparison) -> Comparison:
    """The comparison with the setting in which the check tried it."""
    if not current.settings:
        return comparison
    label, finding = f"{comparison.label} {current.setting}".strip(), comparison.finding
    return replace(comparison, label=label, finding=current.begin + finding if finding else "")


# --- comparisons ---


def record(comparison: Comparison) -> bool:
    """Record one comparison, and tell pytest-check of a failure; whether it
    holds.
    """
    comparison = in_setting(replace(comparison, tolerance=float(comparison.tolerance)))
    current.comparisons.append(comparison)
    if comparison.outcome != "equal":
        check.fail(comparison.finding)
    return comparison.outcome == "equal"


def compare(
    actual: Any,
    expected: Any,
    label: str | None = None,
    *,
    tolerance: float | None = None,
    kinds: tuple[str, ...] = ("jax.Array",),
    given: Any = None,
    reference: str = "PyTorch",
) -> bool:
    """Whether `actual` (a handle, or data) equals `expected` (a tensor, an
    array, a number, or a tree of them).

    `label` names what was compared, by default as the handle reads. `tolerance`
    bounds max|a - b| / (1 + max|b|), by default that of the dtype (float32:
    1e-5); 0 is exact. `kinds` are the kinds of array that a leaf of a handle
    may be. `given` is the input: the learner is told if the result equals it.
    `reference` names who gave `expected`, for the message.
    """
    label = label or repr(actual)
    checked = kinds if isinstance(actual, Handle) else ()
    wanted = Expectation(tolerance, current.tolerance_scale, checked, reference, given)
    mine, theirs = flatten(fetch(actual)), flatten(expected)
    if mine.keys() != theirs.keys():
        return record(differences.structure(label, mine, theirs))
    nearest = Comparison(label, "equal")
    for path, leaf in theirs.items():  # in this order whatever the learner's is, so that the same mistake reads the same
        found = differences.leaf(label, path, mine[path], leaf, wanted)
        if found.outcome != "equal":
            return record(found)
        nearest = max(nearest, found, key=lambda c: c.share)
    return record(replace(nearest, label=label, values=sample(mine.values())))


def curve(actual: Any, expected: Sequence[float], label: str, *, tolerance: float = 1e-4) -> bool:
    """Whether a training run gave PyTorch's losses; the learner is shown both
    curves, right or wrong.

    `actual`: one number per step, as an array (steps,) or a list of numbers.
    The default bounds what Adam, with a smooth activation, or SGD drift apart
    in 50 steps of float32 (1.4e-6 was seen; the smallest mistake made 6e-4).
    """
    found, drawn = curves.compared(fetch(actual), expected, label, tolerance * current.tolerance_scale)
    current.curves += drawn
    return record(found)


def layers(actual: Any, expected: Mapping[str, Any], label: str) -> bool:
    """Whether a network's activations are PyTorch's; if not, the first that
    differs, and the layers around it.

    Both by the names of the layers; `expected` in the order of computation.
    Other names of `actual` are not looked at.
    """
    mine = fetch(actual)
    names = [name for name in expected if name in mine] if isinstance(mine, Mapping) else []
    if not names:
        return record(differences.structure(label, flatten(mine), dict(flatten(expected))))
    kinds = ("jax.Array",) if isinstance(actual, Handle) else ()
    wanted = Expectation(scale=current.tolerance_scale, kinds=kinds)
    return record(activations.compared({n: mine[n] for n in names}, expected, label, lambda name: wanted))


def expect(condition: bool, label: str, finding: str, values: Any = (), detail: str = "") -> bool:
    """Record a statement that does not compare two values; `finding` is what to
    say when it does not hold. `values` and `detail` tell one way of failing
    from another.
    """
    if condition:
        return record(Comparison(label, "equal"))
    return record(Comparison(label, "value", detail, sample([values]), 1e-5, finding))


def unchanged(before: Any, after: Any, label: str) -> bool:
    """Whether a tree still holds what it held; both fetched, `label` names the
    tree.

    What was fetched just before is also added to random numbers over there: who
    answers a second fetch with what the first gave does not know the sums.
    """
    old, new = flatten(before), flatten(after)
    path, how, values = _changed(old, new, label) or _computes_otherwise(after, old) or ((), "", ())
    words = f"{label}{show_path(path)} was {IN_PLACE}: {how}." if how else ""
    return expect(not how, label, words, values, IN_PLACE)


def _changed(old: Mapping[Path, Any], new: Mapping[Path, Any], label: str) -> Change | None:
    """The first leaf that is not what it was, or that came or went."""
    if old.keys() != new.keys():
        paths = [label + show_path(p) for p in [*old, *new] if (p in old) != (p in new)]
        return (), f"{differences.listed(paths)} {'was' if len(paths) == 1 else 'were'} added or removed", len(new)
    for path in old:
        if found := _leaf_changed(old[path], new[path]):
            return path, *found
    return None


def _leaf_changed(one: Any, other: Any) -> tuple[str, np.ndarray] | None:
    a, b = as_numpy(one), as_numpy(other)
    if (was := kind_over_there(one)) != (now := kind(other)):
        return f"{was} -> {now}", b
    if a.shape != b.shape:
        return f"shape {a.shape} -> {b.shape}", b
    differs = ~np.isclose(a, b, rtol=0, atol=0, equal_nan=True)
    if not differs.any():
        return None
    at, more = tuple(int(i) for i in np.argwhere(differs)[0]), int(differs.sum()) - 1
    place = f" at {list(at)}" + (f" and {more} more" if more else "") if at else ""
    return f"{a[at]:.4g} -> {b[at]:.4g}{place}", b


def _computes_otherwise(after: Any, old: Mapping[Path, Any]) -> Change | None:
    """The first leaf that, added to random numbers where `after` was fetched
    from, does not give what the `old` one gives.
    """
    if (tree := fetched_from(after)) is None:
        return None
    held = {path: leaf for path, leaf in old.items() if is_numeric(leaf) and not isinstance(leaf, list | tuple)}  # empty ones
    draw, numbers = np.random.default_rng(), {path: as_numpy(leaf) for path, leaf in held.items()}
    amounts = {path: draw.uniform(1, 2, value.shape) for path, value in numbers.items()}
    found = [as_numpy(leaf) for leaf in sums(tree, amounts)]
    for (path, amount), theirs in zip_longest(amounts.items(), found[: len(amounts)]):
        right = numbers[path] + amount
        if theirs is None or not np.array_equal(right, theirs, equal_nan=right.dtype.kind in "fc"):
            return path, "it reads as before, and computes other numbers", ()
    return None
