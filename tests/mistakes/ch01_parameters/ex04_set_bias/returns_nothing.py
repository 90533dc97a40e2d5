"""The bias changed inside the dict that you were given, and None came back, as
`fill_` in PyTorch changes the module. Return new variables, and leave the given
ones alone.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    bias = variables["params"][layer]["bias"]
    variables["params"][layer]["bias"] = jnp.full_like(bias, value)
