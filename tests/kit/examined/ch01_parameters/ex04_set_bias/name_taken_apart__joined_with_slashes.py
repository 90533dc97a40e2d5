from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp


def set_bias(variables: Any, layer: str, value: float) -> Any:
    def copied(tree: Any) -> Any:
        if isinstance(tree, Mapping):
            return {name: copied(entry) for name, entry in tree.items()}
        return jnp.asarray(tree)

    new = copied(variables)
    wanted = f"params/{layer}/bias"
    return jax.tree_util.tree_map_with_path(
        lambda path, leaf: jnp.full_like(leaf, value) if "/".join(part.key for part in path) == wanted else leaf, new
    )
