"""The dict that you were given was written into, and came back. It is a plain
dict, so no error stops this, and everyone else who holds it sees the change.
Build a new dict instead, or copy deeply before you write.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    old = variables["params"][layer]["bias"]
    variables["params"][layer]["bias"] = jnp.full(old.shape, value, old.dtype)
    return variables
