"""`pad_last` raises an error for some numbers of axes. Usually the pairs are
written down for two axes, or for one and two. x has any number of them, and
x.ndim says how many: (0, 0) for all but the last.
"""

import jax.numpy as jnp


def split(x, size):
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x, left, right):
    return jnp.pad(x, ((0, 0), (left, right)))


def std(x, axis):
    return x.std(axis=axis, ddof=1, keepdims=True)
