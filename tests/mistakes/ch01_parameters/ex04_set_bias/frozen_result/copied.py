import jax.numpy as jnp
from flax.core import freeze


def set_bias(variables, layer, value):
    frozen = freeze(variables)
    params = frozen["params"]
    new = params[layer].copy({"bias": jnp.full_like(params[layer]["bias"], value)})
    return frozen.copy({"params": params.copy({layer: new})})
