import copy

import jax.numpy as jnp


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    node = new["params"]
    for name in layer.split("."):
        node = node[name]
    node["bias"] = jnp.full_like(node["bias"], value)
    return new
