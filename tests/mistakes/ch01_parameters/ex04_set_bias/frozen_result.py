"""The result holds a FrozenDict where `variables` holds a plain dict. JAX takes
the two for different structures: `jax.tree.map(f, variables, result)` raises an
error, and an optimizer state made for the one does not fit the other. Usually
that is `freeze`, as in code from before Flax 0.7.1. Return plain dicts for
plain dicts.
"""

import jax.numpy as jnp
from flax.core import freeze, unfreeze


def set_bias(variables, layer, value):
    new = unfreeze(freeze(variables))
    new["params"][layer]["bias"] = jnp.full_like(new["params"][layer]["bias"], value)
    return freeze(new)
