import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params["layer"]["bias"], value)
    return {**variables, "params": {**params, "layer": {**params["layer"], "bias": bias}}}
