"""Which activation of the port belongs to which of PyTorch's: by name, or by
the user's NAMES. Shapes and values only suggest.
"""

import re
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from flaxkata import wire
from flaxkata.judge.trees import as_numpy

MOST = 12  # suggestions


def plain(name: str) -> str:
    """A name as both sides could write it: `stages_0/conv` and `stages.0.conv`
    are one.
    """
    return re.sub(r"[/\[_.](?=\d)|[/\]]|\.", ".", name).replace("..", ".").strip(".")


def matched(theirs: Iterable[str], mine: Iterable[str], names: Mapping[str, str]) -> dict[str, str]:
    """The port's names by PyTorch's, where both have one. `names` translates
    PyTorch's into the port's, of a whole branch where it names one.
    """
    known = {plain(name): name for name in mine}
    found = {name: known.get(plain(translated(name, names)), known.get(plain(name))) for name in theirs}
    return {name: other for name, other in found.items() if other is not None}


def translated(name: str, names: Mapping[str, str]) -> str:
    """A name of PyTorch's with the longest of its beginnings that `names` has
    replaced.
    """
    for begin in sorted(names, key=len, reverse=True):
        if name == begin or name.startswith((f"{begin}.", f"{begin} (")):
            return names[begin] + name[len(begin) :]
    return name


def laid_out(mine: wire.Array, theirs: np.ndarray) -> wire.Array:
    """An activation as PyTorch lays it out: one with channels last is turned,
    if PyTorch's has channels first; axes of one are put in or left out.
    """
    value = as_numpy(mine)
    if value.shape != theirs.shape and [n for n in value.shape if n > 1] == [n for n in theirs.shape if n > 1]:
        return wire.Array(mine.kind, mine.dtype, value.reshape(theirs.shape))
    if value.ndim < 3 or value.ndim != theirs.ndim:
        return mine
    turned = np.moveaxis(value, -1, 1)
    if turned.shape != theirs.shape:
        return mine
    if value.shape == theirs.shape and _far(value, theirs) <= _far(turned, theirs):
        return mine
    return wire.Array(mine.kind, mine.dtype, turned)


def _far(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(np.float64) - b.astype(np.float64)).mean())


def suggested(theirs: Mapping[str, np.ndarray], mine: Mapping[str, wire.Array], near: Callable[[str], float]) -> dict[str, str]:
    """Pairs among what has no partner: the same values, within what is `near`
    for PyTorch's name.
    """
    found: dict[str, str] = {}
    for name, right in theirs.items():
        for other, array in mine.items():
            if other not in found.values() and array.value.size == right.size:
                value = as_numpy(laid_out(array, right))
                top = float(np.abs(right).max(initial=0.0)) or 1.0
                if value.shape == right.shape and float(np.abs(value - right).max(initial=0.0)) <= near(name) * top:
                    found[name] = other
                    break
    return found


def pasted(pairs: Mapping[str, str]) -> str:
    """Suggestions as the user can paste them."""
    lines = [f'    "{name}": "{other}",' for name, other in list(pairs.items())[:MOST]]
    more = [f"    # and {len(pairs) - MOST} more"] if len(pairs) > MOST else []
    return "\n".join("    " + line for line in ["NAMES = {", *lines, *more, "}"])
