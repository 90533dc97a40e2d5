"""An AttributeError, but not that of a known mistake."""

import copy

import jax.numpy as jnp


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    new["params"][layer]["bias"] = jnp.fill_like(new["params"][layer]["bias"], value)
    return new
