"""The result lacks its upper levels: it begins inside "params", or with one
layer. Return the whole variables: {**variables, "params": {**params, layer:
new}}.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**params, layer: {**params[layer], "bias": bias}}
