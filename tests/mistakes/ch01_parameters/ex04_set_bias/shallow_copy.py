"""The copy is not deep enough. copy.copy and dict() make a new outer dict and
keep the ones inside, so writing into copy["params"][layer] writes into the
original, just as copying a PyTorch module with copy.copy shares its tensors.
"""

import copy

import jax.numpy as jnp


def set_bias(variables, layer, value):
    new = copy.copy(variables)
    new["params"][layer]["bias"] = jnp.full_like(new["params"][layer]["bias"], value)
    return new
