"""Fetched trees: leaves by path, and what a leaf is."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from flaxkata import wire

SAMPLE = 256  # values of an array that are kept for comparing behavior

Path = tuple[Any, ...]


def flatten(tree: Any) -> dict[Path, Any]:
    """Leaves by path. Containers are mappings, lists and tuples; an empty one
    is a leaf of its own.
    """
    leaves: dict[Path, Any] = {}
    _collect(tree, (), leaves)
    return leaves


def _collect(tree: Any, path: Path, leaves: dict[Path, Any]) -> None:
    if not isinstance(tree, Mapping | list | tuple) or not tree:
        leaves[path] = tree
        return
    for key, item in tree.items() if isinstance(tree, Mapping) else enumerate(tree):
        _collect(item, (*path, key), leaves)


def show_path(path: Path) -> str:
    """A path as Python writes it: `['params']['Dense_0']['bias']`."""
    return "".join(f"[{key!r}]" for key in path)


def as_numpy(leaf: Any) -> np.ndarray:
    """A leaf's numbers as an array of their own; bfloat16 becomes float32."""
    if isinstance(leaf, wire.Array):
        return leaf.value
    if hasattr(leaf, "detach"):
        leaf = leaf.detach().cpu()
        return np.array((leaf.float() if str(leaf.dtype) == "torch.bfloat16" else leaf).numpy(), copy=True)
    return np.array(leaf, copy=True)


def kind(leaf: Any) -> str:
    """What a fetched leaf was over there: `jax.Array`, `numpy.ndarray`,
    `float`, a type's name.
    """
    return leaf.kind if isinstance(leaf, wire.Array | wire.Opaque) else type(leaf).__name__


def kind_over_there(leaf: Any) -> str:
    """The kind of a leaf that was fetched, or of data that a check gives."""
    if isinstance(leaf, np.ndarray):
        return "numpy.ndarray"
    return "jax.Array" if hasattr(leaf, "detach") else kind(leaf)


def dtype(leaf: Any) -> str:
    """A leaf's dtype by name; bfloat16 keeps its own."""
    if isinstance(leaf, wire.Array):
        return leaf.dtype
    return str(leaf.dtype).removeprefix("torch.") if hasattr(leaf, "dtype") else str(np.asarray(leaf).dtype)


def is_array(leaf: Any) -> bool:
    """Whether a leaf is an array or a tensor."""
    return isinstance(leaf, wire.Array | np.ndarray) or hasattr(leaf, "detach")


def is_numeric(leaf: Any) -> bool:
    """Whether a leaf is an array, a number, or a list of numbers. One of arrays
    is not: it may have no shape.
    """
    if is_array(leaf) or isinstance(leaf, np.generic | bool | int | float):
        return True
    return isinstance(leaf, list | tuple) and all(is_numeric(item) and not is_array(item) for item in leaf)


def sample(leaves: Iterable[Any]) -> tuple[float, ...]:
    """At most SAMPLE numbers that stand for the leaves, evenly strided."""
    parts = [as_numpy(leaf).ravel() for leaf in leaves if is_numeric(leaf)]
    flat = np.concatenate(parts) if parts else np.empty(0)
    flat = flat.view(np.float32) if np.iscomplexobj(flat) else flat
    return tuple(float(v) for v in flat[:: max(1, -(-flat.size // SAMPLE))])
