from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp


def set_bias(variables: Any, layer: str, value: float) -> Any:
    """New variables, equal to `variables` except in the bias of `layer`, which
    is filled with `value`, whatever it held, NaN and infinity too.

    variables: {"params": {layer: {"kernel": (in, out), "bias": (out,)}, ...},
    ...} of float dtypes with 32 bits or 16, not changed; a bias may have a
    different dtype than its kernel, and no dict is empty. Returns variables of
    the same structure, shapes and dtypes in a new dict, even where the bias has
    that value already; its leaves are `jax.Array`s.
    """

    def rebuild(node, path):
        if isinstance(node, Mapping):
            return {name: rebuild(child, (*path, name)) for name, child in node.items()}
        if path == ("params", layer, "bias"):
            old = jnp.nan_to_num(node, nan=0.0, posinf=0.0, neginf=0.0)
            return old + (value - old)
        return jnp.asarray(node)

    return rebuild(variables, ())
