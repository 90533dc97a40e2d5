import jax
import jax.numpy as jnp


def set_bias(variables, layer, value):
    def fill(path, leaf):
        names = [entry.key for entry in path]
        return jnp.full_like(leaf, value) if layer in names and names[-1] == "bias" else leaf

    return jax.tree_util.tree_map_with_path(fill, variables)
