import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    return {**variables, "params": {**params, layer: {**params[layer], "bias": jnp.full((1,), value)}}}
