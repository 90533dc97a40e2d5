"""A layer whose name has a slash or a dot in it is cut at that character: its
arrays are gone from their place, or are not found. Usually the paths were
joined to strings and split again. Keep paths as tuples:
`flatten_dict(variables)` without `sep`, and the path ("params", layer, "bias").
"""

import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict


def set_bias(variables, layer, value):
    flat = flatten_dict(variables, sep="/")
    path = f"params/{layer}/bias"
    flat[path] = jnp.full_like(flat[path], value)
    return unflatten_dict(flat, sep="/")
