"""The other layers are gone: "params" holds only the one that changed. Usually
"params" is replaced whole, by a new dict or by `update`, which does not look
inside. Start from the old one: {**params, layer: new}.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {layer: {**params[layer], "bias": bias}}}
