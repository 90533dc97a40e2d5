"""The layer's name is written down in the code. It comes as the argument
`layer`, and must be used as such.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params["fc1"]["bias"], value)
    return {**variables, "params": {**params, "fc1": {**params["fc1"], "bias": bias}}}
