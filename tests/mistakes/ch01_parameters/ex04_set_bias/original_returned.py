"""The variables come back as they were. Usually the bias is changed in a copy,
and not the copy is returned but `variables`. Return the new ones.
"""

import copy

import jax.numpy as jnp


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    new["params"][layer]["bias"] = jnp.full_like(new["params"][layer]["bias"], value)
    return variables
