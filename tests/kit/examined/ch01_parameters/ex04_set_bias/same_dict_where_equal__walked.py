from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp


def set_bias(variables: Any, layer: str, value: float) -> Any:
    """New variables, equal to `variables` except in the bias of `layer`, which
    is filled with `value`, whatever it held, NaN and infinity too.

    variables: {"params": {layer: {"kernel": (in, out), "bias": (out,)}, ...},
    ...} of any float dtype, not changed; a bias may have a different dtype than
    its kernel, and no dict is empty. Returns variables of the same structure,
    shapes and dtypes in a new dict, whose leaves are `jax.Array`s.
    """
    if bool(jnp.all(variables["params"][layer]["bias"] == value)):
        return variables

    def walk(node, path):
        if isinstance(node, Mapping):
            return {name: walk(child, (*path, name)) for name, child in node.items()}
        if path == ("params", layer, "bias"):
            return jnp.full_like(node, value)
        return jnp.asarray(node)

    return walk(variables, ())
