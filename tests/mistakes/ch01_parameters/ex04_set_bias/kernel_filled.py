"""The kernel of the layer was filled, and its bias was not.
`model.fc1.bias.fill_(v)` touches the bias alone.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    return {
        **variables,
        "params": {**params, layer: {**params[layer], "kernel": jnp.full_like(params[layer]["kernel"], value)}},
    }
