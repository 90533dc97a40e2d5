import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full(params[layer]["kernel"].shape[0], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
