"""A bias under the same name was filled elsewhere too: in another collection,
or in a block that has a layer of that name. Usually only the end of each path
is compared. The place is the whole path: `variables["params"][layer]["bias"]`.
"""

import jax
import jax.numpy as jnp


def set_bias(variables, layer, value):
    def fill(path, leaf):
        names = [entry.key for entry in path]
        return jnp.full_like(leaf, value) if names[-2:] == [layer, "bias"] else leaf

    return jax.tree_util.tree_map_with_path(fill, variables)
