"""The dict is flattened with sep="/" and split again, which takes a layer name
with a slash in it apart.
"""

import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict


def set_bias(variables, layer, value):
    flat = flatten_dict(variables, sep="/")
    name = f"params/{layer}/bias"
    flat[name] = jnp.full_like(flat[name], value)
    return unflatten_dict(flat, sep="/")
