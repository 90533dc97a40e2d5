import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    new = params[layer].copy({"bias": jnp.full_like(params[layer]["bias"], value)})
    return variables.copy({"params": params.copy({layer: new})})
