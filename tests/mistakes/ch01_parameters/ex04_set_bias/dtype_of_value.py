"""The new bias takes its dtype from the value: filled with the int 2 it is
int32, and filled with a float it is float32 even where the parameters are
bfloat16. A parameter keeps its dtype: `jnp.full_like(bias, value)`, or
`jnp.full(bias.shape, value, bias.dtype)`.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full(params[layer]["bias"].shape, value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
