"""Replaces jax.jit and jax.Array, so that transforms do nothing and all is an
array.
"""

# told: differs|was changed
import jax

jax.jit = lambda f, *args, **kwargs: f
jax.Array = object
jax.device_get = lambda tree: tree


def set_bias(variables, layer, value):
    variables["params"][layer]["bias"] = variables["params"][layer]["bias"] * 0 + value
    return variables
