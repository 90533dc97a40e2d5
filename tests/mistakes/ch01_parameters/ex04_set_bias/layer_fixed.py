"""The layer's name is hard-coded: the bias that changes does not depend on
`layer`. Use the argument.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params["fc1"]["bias"], value)
    return {**variables, "params": {**params, "fc1": {**params["fc1"], "bias": bias}}}
