"""New containers by an identity tree.map, then written into."""

import jax
import jax.numpy as jnp
from flax.core import unfreeze


def set_bias(variables, layer, value):
    new = jax.tree.map(lambda leaf: leaf, unfreeze(variables))
    new["params"][layer]["bias"] = jnp.full_like(new["params"][layer]["bias"], value)
    return new
