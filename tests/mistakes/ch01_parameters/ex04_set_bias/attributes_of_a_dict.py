"""The variables are dicts, and a dict has no attributes for its entries: write
`variables["params"][layer]["bias"]`, not `variables.params`.
"""

import copy

import jax.numpy as jnp


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    module = getattr(new.params, layer)
    module.bias = jnp.full_like(module.bias, value)
    return new
