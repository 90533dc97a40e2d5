"""Where the values of a leaf come from: tensors with numbers written all over
them are ported, and then real ones.
"""

import itertools
from typing import Any

import jax.numpy as jnp
import numpy as np

# What is written into a traced tensor are the two digits of its number, each plus something that no constant is. It is exact
# in any dtype, in bfloat16 too.
BASE = 97
MORE = 1.5
MOST_AXES = 5  # of a tensor whose axes are tried in every order
FLIPS = ((0, 1), (1, 2), (2, 3))  # where the height and width of a kernel stand


def numbered(tensors: list[Any], place: int) -> dict[str, np.ndarray]:
    """A state_dict in which each tensor has a digit of its number all over it;
    tensors: [name, dtype, shape, number].
    """
    digit = {number: number // BASE if place else number % BASE for *_, number in tensors}
    shared: dict[Any, np.ndarray] = {}
    given = {}
    for name, dtype, shape, number in tensors:
        value = np.asarray(digit[number] + _more(jnp.dtype(dtype)), jnp.dtype(dtype))
        given[name] = shared.setdefault((number, tuple(shape)), np.broadcast_to(value, shape))
    return given


def numbers(low: Any, high: Any) -> set[int]:
    """The numbers of the tensors whose digits stand in two arrays."""
    if not low.size or not jnp.issubdtype(low.dtype, jnp.number):
        return set()
    digits = [np.asarray(each).astype(np.float64).ravel() - _more(low.dtype) for each in (low, high)]
    if all(np.isfinite(d).all() for d in digits):
        if all(d.min() == d.max() for d in digits):
            return {_number(digits[0][0], digits[1][0])}
        return {_number(*pair) for pair in np.unique(np.stack(digits, 1), axis=0).tolist()[: 10 * BASE]}
    return {-1}


def _more(dtype: Any) -> float:
    return MORE if jnp.issubdtype(dtype, jnp.inexact) else 1


def _number(low: float, high: float) -> int:
    whole = low == int(low) and high == int(high) and 0 <= low < BASE
    return int(low + BASE * high) if whole else -1


def arrangement(leaf: np.ndarray, tensor: np.ndarray) -> str:
    """How a tensor became a leaf: `as it is`, `axes (2, 3, 1, 0)`, and whether
    it was reshaped or flipped; nothing where it was not rearranged.
    """
    if leaf.size != tensor.size or tensor.ndim > MOST_AXES:
        return ""
    orders = list(itertools.permutations(range(tensor.ndim)))
    for axes in sorted(orders, key=lambda order: tensor.transpose(order).shape != leaf.shape):
        moved = tensor.transpose(axes)
        how = "as it is" if list(axes) == sorted(axes) else f"axes {axes}"
        if _reads_as(moved, leaf):
            return how if moved.shape == leaf.shape else f"{how}, reshaped"
        if leaf.ndim == 4 and moved.shape == leaf.shape:
            for flipped in FLIPS:
                if _reads_as(np.flip(moved, flipped), leaf):
                    return f"{how}, flipped along {flipped}"
    return ""


def _reads_as(tensor: np.ndarray, leaf: np.ndarray) -> bool:
    """Whether two arrays hold the same values in the same order."""
    first = slice(None, 64)  # nearly all that differ do so here
    if not np.array_equal(tensor.flat[first].astype(leaf.dtype), leaf.flat[first]):
        return False
    return bool(np.array_equal(tensor.astype(leaf.dtype).ravel(), leaf.ravel()))
