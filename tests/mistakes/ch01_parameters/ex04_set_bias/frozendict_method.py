"""A method of FrozenDict was called on a plain dict: `unfreeze()`, or `copy`
and `pop` with what only FrozenDict takes and returns. Since Flax 0.7.1 `init`
returns a plain dict. For a copy that you may write into:
`copy.deepcopy(variables)`.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    new = variables.unfreeze()
    new["params"][layer]["bias"] = jnp.full_like(new["params"][layer]["bias"], value)
    return new
