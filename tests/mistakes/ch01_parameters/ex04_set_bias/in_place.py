"""You wrote into the dict that you were given. It is a plain dict, so nothing
stops you, and whoever else holds it sees the change. Build a new dict instead,
or copy deeply before you write.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    old = variables["params"][layer]["bias"]
    variables["params"][layer]["bias"] = jnp.full(old.shape, value, old.dtype)
    return variables
