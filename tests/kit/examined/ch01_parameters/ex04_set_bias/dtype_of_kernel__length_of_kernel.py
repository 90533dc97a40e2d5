from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp


def set_bias(variables: Any, layer: str, value: float) -> Any:
    def copied(tree: Any) -> Any:
        if isinstance(tree, Mapping):
            return {name: copied(entry) for name, entry in tree.items()}
        return jnp.asarray(tree)

    new = copied(variables)
    kernel = new["params"][layer]["kernel"]
    new["params"][layer]["bias"] = jnp.full(kernel.shape[-1], value, kernel.dtype)
    return new
