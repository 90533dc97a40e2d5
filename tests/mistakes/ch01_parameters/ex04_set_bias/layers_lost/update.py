import copy

import jax.numpy as jnp


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    new.update({"params": {layer: {"bias": jnp.full_like(new["params"][layer]["bias"], value)}}})
    return new
