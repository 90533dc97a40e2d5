"""flatten_dict, one entry replaced, unflatten_dict."""

import jax.numpy as jnp
from flax import traverse_util


def set_bias(variables, layer, value):
    flat = traverse_util.flatten_dict(variables)
    path = ("params", layer, "bias")
    flat[path] = jnp.zeros_like(flat[path]) + value
    return traverse_util.unflatten_dict(flat)
