"""dict() instead of copy.copy, update instead of assignment."""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    result = dict(variables)
    b = result["params"][layer]["bias"]
    result["params"][layer].update(bias=jnp.ones(b.shape, b.dtype) * value)
    return result
