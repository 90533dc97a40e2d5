"""What differs between a leaf and PyTorch's, and the sentence that says so.

In order: structure, type, shape, dtype, finiteness, value.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from flaxkata import wire
from flaxkata.judge.resemblance import error, resembles
from flaxkata.judge.trees import Path, as_numpy, dtype, is_array, is_numeric, kind, sample, show_path
from flaxkata.report import Comparison

# max|a - b| / (1 + max|reference|); worst right answer seen on a CPU in float32:
# 9.5e-7, smallest wrong one: 2.4e-5. float16 and bfloat16 are one rounding of
# their own apart.
TOLERANCE = {"float32": 1e-5, "complex64": 1e-5, "float64": 1e-5, "float16": 2e-3, "bfloat16": 2e-2}
# JAX computes in 32 bits by default, so PyTorch's int64 and float64 become these.
NARROW = {"int64": "int32", "uint64": "uint32", "float64": "float32", "complex128": "complex64"}
CURES = {
    "numpy.ndarray": " `jnp.asarray(...)` makes it a JAX array.",
    "float": " `jnp.full_like(old, value)` makes an array of the old one's shape and dtype.",
    "int": " `jnp.full_like(old, value)` makes an array of the old one's shape and dtype.",
    "torch.Tensor": " Compute it with `jax.numpy`; the checks run PyTorch's side.",
    "NoneType": " Is a `return` missing?",
}
OF_ONE_NUMBER = dict.fromkeys(
    ("float", "int"),
    " Where `float(...)`, `int(...)` or `.item()` made it of an array, leave them out; else use `jnp.asarray`.",
)
MOST_PATHS = 1000  # by which one structure is told from another
NO_VALUES: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Expectation:
    """How leaves are compared: `tolerance` (None: that of the dtype, times
    `scale`), the `kinds` of array that may come (none: any), who gave the right
    answer, and the input.
    """

    tolerance: float | None = None
    scale: float = 1.0
    kinds: tuple[str, ...] = ()
    reference: str = "PyTorch"
    given: Any = None

    def bound(self, dtype: str, inexact: bool) -> float:
        if self.tolerance is not None:
            return self.tolerance * self.scale
        return TOLERANCE.get(dtype, 0.0) * self.scale if inexact else 0.0


def structure(label: str, actual: dict[Path, Any], expected: dict[Path, Any]) -> Comparison:
    """The comparison of two flattened trees whose paths differ."""
    missing = [p for p in expected if p not in actual]
    extra = [p for p in actual if p not in expected]
    detail = [[show_path(p) for p in paths[:MOST_PATHS]] for paths in (missing, extra)]
    detail[1].sort()  # in whichever order the learner's dicts have them
    if () in actual or () in expected:
        words = f"{label} gave {describe_tree(actual)}; expected {describe_tree(expected)}."
        if () in actual and actual[()] is None:
            words += " Is a `return` missing?"
        what = kind(actual[()]) if () in actual else f"+{detail[1]}"
        return Comparison(label, "structure", what, finding=words)
    parts = [f"lacks {_paths(missing)}"] if missing else []
    parts += [f"has {_paths(extra)}, which should not be there"] if extra else []
    return Comparison(label, "structure", f"-{detail[0]} +{detail[1]}", finding=f"{label} {' and '.join(parts)}.")


def _paths(paths: list[Path]) -> str:
    return listed([show_path(p) for p in paths[:3]], len(paths))


def leaf(label: str, path: Path, actual: Any, expected: Any, wanted: Expectation) -> Comparison:
    """The comparison of one leaf with PyTorch's."""
    name = located(label, path)

    def differs(outcome: str, detail: str, words: str, values: Any = NO_VALUES, tolerance: float = 0.0) -> Comparison:
        return Comparison(label, outcome, detail, sample([values]), tolerance, f"{name} {words}")

    if expected is None or isinstance(expected, str | wire.Spec) or not is_numeric(expected):
        words = f"gave {describe(actual)}; expected {describe(expected)}."
        return Comparison(label, "equal") if actual == expected else differs("value", repr(actual), words)
    if wanted.kinds and is_array(expected) and kind(actual) not in wanted.kinds:
        cures = CURES | (OF_ONE_NUMBER if np.ndim(as_numpy(expected)) == 0 else {})
        words = f"gave {describe(actual)} where {_article(wanted.kinds[0])} belongs.{cures.get(kind(actual), '')}"
        return differs("type", kind(actual), words, actual)
    if not is_numeric(actual):
        words = f"gave {describe(actual)}; {wanted.reference} gave {describe(expected)}.{CURES.get(kind(actual), '')}"
        return differs("type", kind(actual), words)
    a, b = as_numpy(actual), as_numpy(expected)
    if a.shape != b.shape:
        words = f"has shape {a.shape}; {wanted.reference} has {b.shape}.{resembles(a, b, wanted.given)}"
        return differs("shape", str(a.shape), words)
    right, found = dtype(expected), dtype(actual)
    if wanted.kinds and is_array(expected) and found != NARROW.get(right, right):
        return differs("dtype", found, f"has dtype {found}; {wanted.reference} has {right}.", a)
    bound = wanted.bound(found, np.issubdtype(b.dtype, np.inexact))
    if strange := _not_finite(a, b):
        words = f"has {strange} of {a.size} values that are NaN or infinite; {wanted.reference} has none there."
        return differs("finite", "", words, np.nan_to_num(a), bound)
    if (apart := error(a, b)) <= bound:
        return Comparison(label, "equal", values=sample([a]), tolerance=bound, error=apart)
    return differs("value", "", _apart(a, b, bound, wanted.reference) + resembles(a, b, wanted.given), a, bound)


def _not_finite(a: np.ndarray, b: np.ndarray) -> int:
    """How many values are NaN or infinite where the right ones are not."""
    return int((~np.isfinite(a) & np.isfinite(b)).sum()) if np.issubdtype(a.dtype, np.inexact) else 0


def _apart(a: np.ndarray, b: np.ndarray, bound: float, reference: str) -> str:
    """How many values differ, and where most."""
    wide = np.complex128 if np.iscomplexobj(a) or np.iscomplexobj(b) else np.float64
    same = (a == b) | (np.isnan(a.astype(wide)) & np.isnan(b.astype(wide)))
    gap = np.where(same, 0.0, np.nan_to_num(np.abs(np.where(same, 0, a.astype(wide) - b.astype(wide))), nan=np.inf))
    at = np.unravel_index(int(np.argmax(gap)), gap.shape)
    if not at:
        return f"is {a[at]:.6g}; {reference} has {b[at]:.6g}."
    count = int((gap > bound * (1 + np.abs(b[np.isfinite(b)]).max(initial=0.0))).sum())
    place = [int(i) for i in at]
    digits = next((n for n in (4, 6) if f"{a[at]:.{n}g}" != f"{b[at]:.{n}g}"), 9)
    pair = f"{a[at]:.{digits}g} instead of {b[at]:.{digits}g}"
    return f"differs from {reference} in {count} of {a.size} values, most at {place}: {pair}."


# --- the words ---

# What a label says after the thing itself: `loss under jax.jit`, `bias after update`.
CIRCUMSTANCE = re.compile(r",? (?:under|after) [^()]*$")


def located(label: str, path: Path) -> str:
    """A leaf's name: the path stands at the thing, before `under jax.jit`."""
    found = CIRCUMSTANCE.search(label) if path else None
    if found is None:
        return label + show_path(path)
    return label[: found.start()] + show_path(path) + found[0]


def describe_tree(leaves: dict[Path, Any]) -> str:
    """A flattened tree: `a dict with the keys 'params', 'batch_stats'`, or what
    its one leaf is.
    """
    if list(leaves) == [()]:
        return describe(leaves[()])
    keys = list(dict.fromkeys(p[0] for p in leaves))
    return f"a dict with the keys {listed([repr(k) for k in keys])}" if isinstance(keys[0], str) else f"{len(keys)} values"


def describe(leaf: Any) -> str:
    """A leaf: `a jax.Array of shape (5, 3)`, `None`, `a FlaxMLP`."""
    if leaf is None:
        return "None"
    if isinstance(leaf, dict | list | tuple) and not leaf:
        return f"an empty {type(leaf).__name__}"
    if is_array(leaf):
        what = leaf.kind if isinstance(leaf, wire.Array) else "array"
        return f"{_article(what)} of shape {tuple(leaf.shape)}"
    if isinstance(leaf, wire.Spec):
        return f"a ShapeDtypeStruct of shape {leaf.shape} and dtype {leaf.dtype}"
    return f"{_article(kind(leaf))} ({leaf!r})" if isinstance(leaf, bool | int | float | str) else _article(kind(leaf))


def listed(items: list[str], count: int | None = None) -> str:
    """The first three, and how many more; `count` is how many there are."""
    count = count or len(items)
    return ", ".join(items[:3]) + (f" and {count - 3} more" if count > 3 else "")


def _article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
