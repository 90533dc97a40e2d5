"""`variables.unfreeze()` belonged to FrozenDict. Since Flax 0.7.1 `init`
returns a plain dict, which has no such method. For a copy that you may write
into: `copy.deepcopy(variables)`.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    new = variables.unfreeze()
    new["params"][layer]["bias"] = jnp.full_like(new["params"][layer]["bias"], value)
    return new
