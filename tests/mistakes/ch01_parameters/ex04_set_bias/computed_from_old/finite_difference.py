from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp


def set_bias(variables: Any, layer: str, value: float) -> Any:

    def rebuild(node, path):
        if isinstance(node, Mapping):
            return {name: rebuild(child, (*path, name)) for name, child in node.items()}
        if path == ("params", layer, "bias"):
            old = jnp.nan_to_num(node, nan=0.0, posinf=0.0, neginf=0.0)
            return old + (value - old)
        return jnp.asarray(node)

    return rebuild(variables, ())
