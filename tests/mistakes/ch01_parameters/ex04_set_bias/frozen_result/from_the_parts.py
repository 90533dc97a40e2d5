import jax.numpy as jnp
from flax.core import freeze


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return freeze({**variables, "params": {**params, layer: {**params[layer], "bias": bias}}})
