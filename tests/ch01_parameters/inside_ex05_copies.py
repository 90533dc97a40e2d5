"""What runs beside the learner's code for 1.5 copies."""

import copy
from collections.abc import Callable, Mapping, MutableMapping
from functools import cache, reduce
from operator import getitem
from typing import Any

import jax
import jax.numpy as jnp


def variables(blocks: int) -> Any:
    """Variables of a small net whose layers are inside so many blocks, each
    inside the next, with an array of the block's own before or after it.
    """
    params = {name: {"kernel": full(1, 2, 3), "bias": count(3)} for name in ("fc1", "fc2")}
    for i in range(blocks):
        block = {f"block/{i}": params, f"head.{i}": {"kernel": half(1, 3, 2), "bias": full(0, 1)}}
        params = {**block, "scale": full(2, 1)} if i % 2 else {"scale": full(2, 1), **block}
    stats = {"norm": {"mean": full(0, 3), "var": full(1, 3), "ready": truth()}}
    return {"params": params, "batch_stats": stats, "step": {"count": number()}}


@cache  # an array may be in many trees: nobody can write into it
def full(value: float, *shape: int) -> jax.Array:
    return jnp.full(shape, value, jnp.float32)


@cache
def half(value: float, *shape: int) -> jax.Array:
    return jnp.full(shape, value, jnp.bfloat16)


@cache
def count(size: int) -> jax.Array:
    return jnp.arange(float(size))


@cache
def number() -> jax.Array:
    return jnp.array(7)


@cache
def truth() -> jax.Array:
    return jnp.array([True, False])


def keyed() -> Any:
    """Variables with a random key, an array of no number dtype."""
    return {"params": {"scale": full(2, 1)}, "rngs": {"noise": jax.random.key(7)}}


def rebiased(variables: Any) -> None:
    """Put a different bias in place of that of a flat net's first layer."""
    variables["params"]["fc1"]["bias"] = full(5, 3)


def run(source: str, name: str, original: Any) -> None:
    """Run one of the programs of the exercise's PyTorch section on
    `original`.
    """
    space = {"copy": copy}
    exec(source, space)
    space[name](original)


def reaching(branch: Callable, into_branch: bool) -> Callable:
    """A function of variables: the paths of all their containers, and whether
    an entry written there into the original (or into its branch) shows up in
    the other.
    """

    def paths(original: Any) -> list:
        return [[path, reaches(branch, original, path, into_branch)] for path in containers(original)]

    return paths


def reaches(branch: Callable, tree: Any, path: list[str], into_branch: bool) -> bool:
    original = again(tree)
    copied = branch(original)
    written, watched = (copied, original) if into_branch else (original, copied)
    before = entries(watched)
    scribble(written, path)
    return before != entries(watched)


def replacing(branch: Callable) -> Callable:
    """A function of variables: the paths at which a different dict lies after
    `branch` than before.
    """

    def paths(original: Any) -> list:
        held = [(path, reduce(getitem, path, original)) for path in containers(original)]
        branch(original)
        return [path for path, before in held if reduce(getitem, path, original) is not before]

    return paths


def again(tree: Any) -> Any:
    """The same tree in new dicts."""
    return {key: again(item) for key, item in tree.items()} if isinstance(tree, dict) else tree


def containers(tree: Any, path: tuple = ()) -> list[list]:
    """The paths of all dicts in a tree, from the outside in."""
    if not isinstance(tree, dict):
        return []
    return [list(path), *(found for key in tree for found in containers(tree[key], (*path, key)))]


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
