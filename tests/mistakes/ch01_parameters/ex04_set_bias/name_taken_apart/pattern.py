import re
from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp


def set_bias(variables: Any, layer: str, value: float) -> Any:

    def rebuild(node, path):
        if isinstance(node, Mapping):
            return {name: rebuild(child, (*path, name)) for name, child in node.items()}
        if len(path) == 3 and re.fullmatch(f"params {layer} bias", " ".join(path)):
            return jnp.full_like(node, value)
        return jnp.asarray(node)

    return rebuild(variables, ())
