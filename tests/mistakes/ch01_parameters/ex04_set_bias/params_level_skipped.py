"""`set_bias` looks for the layer at the top of the variables. There the
collections are; the layers are inside "params": `variables["params"][layer]`.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    bias = jnp.full_like(variables[layer]["bias"], value)
    return {**variables, layer: {**variables[layer], "bias": bias}}
