"""A network's activations beside PyTorch's, layer by layer: the first that
differs, and the layers around it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from flaxkata.judge import differences
from flaxkata.judge.differences import Expectation
from flaxkata.judge.trees import as_numpy, is_numeric, sample
from flaxkata.report import Comparison

AROUND = 3  # layers shown on either side of the first that differs


def compared(
    mine: Mapping[str, Any], expected: Mapping[str, Any], label: str, wanted: Callable[[str], Expectation]
) -> Comparison:
    """The comparison of layers that both have, by name, in the order of `mine`;
    `wanted` says how one is compared.
    """
    nearest, names = Comparison(label, "equal"), list(mine)
    for i, name in enumerate(names):
        found = differences.leaf(label, (name,), mine[name], expected[name], wanted(name))
        if found.outcome != "equal":
            near = names[max(0, i - AROUND) : i + AROUND]
            table = side_by_side([(n, mine[n], expected[n]) for n in near], name)
            words = f"{found.finding} It is the first that differs; {_before(i)}.\n{table}"
            return replace(found, label=f"{label}[{name!r}]", finding=words)
        nearest = max(nearest, found, key=lambda c: c.share)
    return replace(nearest, label=label, values=sample(mine.values()))


def _before(count: int) -> str:
    if count == 0:
        return "no layer comes before it"
    return "the one before it agrees" if count == 1 else f"the {count} before it agree"


def side_by_side(rows: list[tuple[str, Any, Any]], marked: str) -> str:
    """Activations as lines: name, mean and spread on both sides, and how far
    apart they are.
    """
    width = max(len(name) for name, _, _ in rows) + 2
    lines = [f"{'':{width}}  {'yours: mean, std':>19}  {'PyTorch: mean, std':>19}  {'apart':>7}"]
    for name, mine, theirs in rows:
        a, b = (as_numpy(leaf).astype(float) if is_numeric(leaf) else np.empty(0) for leaf in (mine, theirs))
        sides = [f"{v.mean():9.4g} {v.std():9.4g}" if v.size else f"{'-':>19}" for v in (a, b)]
        apart = f"{np.abs(a - b).max(initial=0.0):7.1e}" if a.shape == b.shape else "shapes"
        lines.append(f"{'> ' if name == marked else '  '}{name:{width}}{sides[0]}  {sides[1]}  {apart:>7}")
    return "\n".join(lines)
