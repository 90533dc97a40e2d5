"""What runs beside the learner's code for 1.5 copies."""

import copy
from collections.abc import Callable, Mapping, MutableMapping
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp


def variables(depth: int) -> Any:
    """Variables of a small net; at depth 2 its layers are inside a block."""
    layers = {name: {"kernel": full(1, 2, 3), "bias": count(3)} for name in ("fc1", "fc2")}
    params = layers if depth == 1 else {"block": layers, "head": {"kernel": full(1, 3, 2), "bias": full(0, 2)}}
    return {"params": params, "batch_stats": {"norm": {"mean": full(0, 3), "var": full(1, 3)}}}


@cache  # an array may be in many trees: nobody can write into it
def full(value: float, *shape: int) -> jax.Array:
    return jnp.full(shape, value, jnp.float32)


@cache
def count(size: int) -> jax.Array:
    return jnp.arange(float(size))


def run(source: str, name: str, original: Any) -> None:
    """Run one of the programs of the exercise's PyTorch section on
    `original`.
    """
    space = {"copy": copy}
    exec(source, space)
    space[name](original)


def branched(branch: Callable, depth: int, path: list[str], into_branch: bool) -> list:
    """The entries of the original (or of its branch) before and after the other
    was written into at `path`.
    """
    original = variables(depth)
    copied = branch(original)
    written, watched = (copied, original) if into_branch else (original, copied)
    before = entries(watched)
    scribble(written, path)
    return [before, entries(watched)]


def entries(tree: Any, path: tuple = ()) -> list[list]:
    """The paths of everything that is not a container."""
    if not isinstance(tree, Mapping):
        return [list(path)]
    return [found for key in tree for found in entries(tree[key], (*path, key))]


def scribble(tree: Any, path: list[str]) -> None:
    """Write a new entry into the container at `path`, if it is mutable."""
    for key in path:
        tree = tree[key]
    if isinstance(tree, MutableMapping):
        tree["scribble"] = full(0, 1)
