"""What a port returns, taken apart: pytrees of any kind, and NNX modules."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from flaxkata.sandbox.recording import is_nnx_module


@dataclass
class Tree:
    """A pytree, or an NNX module, taken apart: the paths and arrays of its
    leaves, and the tree with others in their place.
    """

    paths: list[str]
    leaves: list[Any]
    rebuild: Callable[[Sequence[Any]], Any]
    key: Any  # equal for trees that are alike

    def without_leaves(self) -> "Tree":
        """The same, for what is compiled and kept."""
        return Tree(self.paths, [], self.rebuild, self.key)

    def described(self) -> list[list[Any]]:
        """[path, shape, dtype] of each leaf."""
        return [[p, list(np.shape(x)), str(x.dtype)] for p, x in zip(self.paths, self.leaves, strict=True)]


def take_apart(thing: Any) -> Tree:
    """The arrays of what `port` returned; what else is in it stays as it is."""
    wrap: Callable[[Any], Any] = lambda tree: tree  # noqa: E731
    static: Any = None
    if is_nnx_module(thing):
        from flax import nnx

        static, thing = nnx.split(thing)
        graph = static
        wrap = lambda state: nnx.merge(graph, state)  # noqa: E731
    flat, structure = jax.tree_util.tree_flatten_with_path(thing)
    others = [None if _is_array(leaf) else leaf for _, leaf in flat]
    places = [i for i, (_, leaf) in enumerate(flat) if _is_array(leaf)]

    def rebuild(leaves: Sequence[Any]) -> Any:
        whole = list(others)
        for place, leaf in zip(places, leaves, strict=True):
            whole[place] = leaf
        return wrap(jax.tree_util.tree_unflatten(structure, whole))

    paths = [".".join(map(_key, flat[i][0])).removesuffix(".value") for i in places]
    return Tree(paths, [flat[i][1] for i in places], rebuild, (structure, static))


def _is_array(leaf: Any) -> bool:
    return isinstance(leaf, jax.Array | np.ndarray | np.generic)


def _key(part: Any) -> str:
    return str(next((getattr(part, name) for name in ("key", "name", "idx") if hasattr(part, name)), part))


def arrays_of(result: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
    """The arrays of an output, by path, as PyTorch's are named."""
    if isinstance(result, Mapping):
        for key, item in result.items():
            yield from arrays_of(item, (*path, key))
    elif isinstance(result, list | tuple):
        for i, item in enumerate(result):
            yield from arrays_of(item, (*path, i))
    elif _is_array(result):
        yield ".".join(map(str, path)), result


def with_others(leaves: Sequence[Any], places: list[int], chosen: Sequence[Any]) -> list[Any]:
    """The leaves, with the chosen ones at some places."""
    whole = list(leaves)
    for place, leaf in zip(places, chosen, strict=True):
        whole[place] = leaf
    return whole


def updated(variables: Any, new: Any) -> Any:
    """The variables with what `forward` updated in them, all or some of their
    collections; None if these are not variables.
    """
    if isinstance(variables, Mapping) and isinstance(new, Mapping) and set(new) <= set(variables):
        new = {**variables, **new}
        variables = dict(variables)
    same = jax.tree.structure(new) == jax.tree.structure(variables)
    return new if same else None
