import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict


def set_bias(variables, layer, value):
    flat = flatten_dict(variables)
    for path, leaf in flat.items():
        if layer in "/".join(path) and path[-1] == "bias":
            flat[path] = jnp.full_like(leaf, value)
    return unflatten_dict(flat)
