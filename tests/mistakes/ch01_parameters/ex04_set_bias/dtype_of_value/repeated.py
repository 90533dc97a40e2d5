import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.repeat(jnp.array(value), params[layer]["bias"].shape[0])
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
