"""Only "params" came back; the other collections are gone, such as a
BatchNorm's statistics. Start from the whole: {**variables, "params": new}.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {"params": {**params, layer: {**params[layer], "bias": bias}}}
