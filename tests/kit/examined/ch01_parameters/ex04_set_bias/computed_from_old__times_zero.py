"""Multiplies the old bias by zero, to keep its shape and dtype, so a NaN stays
NaN.
"""

import jax
import jax.numpy as jnp
from flax.core import unfreeze


def set_bias(variables, layer, value):
    new = jax.tree.map(jnp.asarray, unfreeze(variables))
    entry = new["params"][layer]
    entry["bias"] = entry["bias"] * 0 + value
    return new
