import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.ones(params[layer]["bias"].shape) * value
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
