"""The kernel of the layer was filled too. `model.fc1.bias.fill_(v)` touches the
bias alone.
"""

import jax
import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = variables["params"]
    filled = jax.tree.map(lambda leaf: jnp.full_like(leaf, value), params[layer])
    return {**variables, "params": {**params, layer: filled}}
