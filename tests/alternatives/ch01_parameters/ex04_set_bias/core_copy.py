"""flax.core.copy at each level."""

import flax.core
import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    new_layer = flax.core.copy(params[layer], {"bias": bias})
    return flax.core.copy(variables, {"params": flax.core.copy(params, {layer: new_layer})})
