import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict


def set_bias(variables, layer, value):
    flat = flatten_dict(variables, sep=".")
    path = f"params.{layer}.bias"
    flat[path] = jnp.full_like(flat[path], value)
    return unflatten_dict(flat, sep=".")
