"""`set_bias` returns None. The variables that you were given are untouched,
which is right. Return the new ones.
"""

import copy

import jax.numpy as jnp


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    new["params"][layer]["bias"] = jnp.full_like(new["params"][layer]["bias"], value)
