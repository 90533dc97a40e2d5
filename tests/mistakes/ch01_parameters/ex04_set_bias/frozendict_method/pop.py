import jax.numpy as jnp


def set_bias(variables, layer, value):
    rest, params = variables.pop("params")
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**rest, "params": {**params, layer: {**params[layer], "bias": bias}}}
