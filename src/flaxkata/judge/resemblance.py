"""What a wrong array looks like beside the right one: exactly checkable
statements only.
"""

import itertools
from collections.abc import Callable

import numpy as np

from flaxkata.judge.trees import as_numpy

SAME = 1e-5  # max|a - b| / (1 + max|b|)
FACTORS = 64  # whole numbers that a single number may be a multiple of


def error(a: np.ndarray, b: np.ndarray) -> float:
    """max|a - b| / (1 + max|b|), the measure of all tolerances; 0 for empty
    arrays, infinite where only one is NaN.
    """
    if not b.size:
        return 0.0
    a, b = (np.asarray(v, np.complex128 if np.iscomplexobj(v) else np.float64) for v in (a, b))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    apart = np.abs(np.where(same, 0, a) - np.where(same, 0, b))  # infinities that are the same have no difference
    top = np.abs(b[np.isfinite(b)]).max(initial=0.0)
    return float(np.nan_to_num(apart, nan=np.inf).max() / (1 + top))


def close(a: np.ndarray, b: np.ndarray, tolerance: float) -> bool:
    """Whether two arrays of one shape agree."""
    return a.shape == b.shape and error(a, b) <= tolerance


def resembles(a: np.ndarray, b: np.ndarray, given: object = None) -> str:
    """What `a` looks like beside the right answer `b`, as a sentence that
    begins with a space, or nothing. `given` is the input.
    """
    if a.size != b.size or np.iscomplexobj(a) or close(a, b, SAME):
        return ""
    if a.size == 1:
        return _multiple(a, b) if np.issubdtype(b.dtype, np.inexact) else ""
    if a.size < 4:
        return ""
    sentences = (probe(a, b) for probe in (*PROBES, _input(given), *LATE_PROBES))
    return next((f" {sentence}" for sentence in sentences if sentence), "")


def _multiple(a: np.ndarray, b: np.ndarray) -> str:
    """A single number that is a whole multiple, or a whole part, of the right
    one.
    """
    mine, theirs = float(a.ravel()[0]), float(b.ravel()[0])
    for n in range(2, FACTORS + 1):
        for name, factor in ((f"{n} times", n), (f"1/{n} of", 1 / n)):
            if theirs and abs(mine / theirs - factor) < SAME * factor:
                return f" It is {name} the right one."
    return " It has the opposite sign." if theirs and abs(mine / theirs + 1) < SAME else ""


def _permuted(a: np.ndarray, b: np.ndarray) -> str:
    if not 2 <= a.ndim == b.ndim <= 4:
        return ""
    for axes in itertools.permutations(range(a.ndim)):
        if close(a, b.transpose(axes), SAME):
            return "It is the transpose." if a.ndim == 2 else f"Its axes are permuted: it is the right answer's {axes}."
    return ""


def _reshaped(a: np.ndarray, b: np.ndarray) -> str:
    same = a.shape != b.shape and close(a.ravel(), b.ravel(), SAME)
    return "The values are right, the shape is not." if same else ""


def _rotated(a: np.ndarray, b: np.ndarray) -> str:
    """Images and kernels, whose height and width are neighbors in every
    layout.
    """
    if a.shape != b.shape or a.ndim != 4:
        return ""
    for axes in ((2, 3), (1, 2), (0, 1)):
        if close(a, np.flip(b, axes), SAME):
            return f"It is rotated by 180 degrees: axes {axes} are flipped."
    return ""


def _input(given: object) -> Callable[[np.ndarray, np.ndarray], str]:
    def probe(a: np.ndarray, b: np.ndarray) -> str:
        return "It equals the input." if given is not None and close(a, as_numpy(given), SAME) else ""

    return probe


def _zero(a: np.ndarray, b: np.ndarray) -> str:
    return "It is zero everywhere." if close(a, np.zeros_like(b), SAME) else ""


def _clipped(a: np.ndarray, b: np.ndarray) -> str:
    same = close(a, np.maximum(b, 0), SAME)
    return "It is the right answer with all negative values set to zero." if same else ""


def _rounded(a: np.ndarray, b: np.ndarray) -> str:
    """Computed or stored in bfloat16, which is the first half of a float32."""
    if a.shape != b.shape or not a.dtype == b.dtype == np.float32:
        return ""
    mine, theirs = (bool((np.ascontiguousarray(v).view(np.uint32) & 0xFFFF).any()) for v in (a, b))
    # Multiples of 128, say, fit into bfloat16 as well; what was rounded to it uses its last digit half of the time.
    last = (np.ascontiguousarray(a).view(np.uint32) >> 16 & 1).mean() >= 0.2
    same = theirs and not mine and last and close(a, b, 0.05)
    return "Its numbers are bfloat16's, with 3 digits: somewhere it was computed or stored in bfloat16." if same else ""


def _scaled(a: np.ndarray, b: np.ndarray) -> str:
    if a.shape != b.shape or bool in (a.dtype, b.dtype):
        return ""
    factor = float((a * b).sum() / ((b * b).sum() or 1))
    if not factor or not close(a, b * factor, SAME):
        return ""
    words = next((shown for n in (4, 5, 6) if (shown := f"{factor:.{n}g}") != "1"), "")
    return f"Every value is {words} times the right one." if words else ""


def _shifted(a: np.ndarray, b: np.ndarray) -> str:
    if a.shape != b.shape or bool in (a.dtype, b.dtype):  # NumPy subtracts no bools
        return ""
    offset = float((a - b).mean())
    return f"Every value is {offset:+.4g} off." if close(a, b + offset, SAME) else ""


def _reordered(a: np.ndarray, b: np.ndarray) -> str:
    if a.shape != b.shape:
        return ""
    ranks = np.argsort(np.argsort(a.ravel()))
    same = close(a, np.sort(b.ravel())[ranks].reshape(a.shape), SAME)
    return "The same values are in a different order." if same else ""


PROBES = (_permuted, _reshaped, _rotated)  # before the input is looked at
LATE_PROBES = (_zero, _clipped, _rounded, _scaled, _shifted, _reordered)
