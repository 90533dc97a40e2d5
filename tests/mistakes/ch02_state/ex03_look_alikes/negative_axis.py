"""A negative `axis` is not counted from the end: the axis is missing from the
result, or an error is raised. Usually `axis` is compared with 0, 1 and so on,
or cuts `x.shape` in two. `keepdims=True` keeps the axis whichever way it is
counted; `axis % x.ndim` counts it from the front.
"""

import jax.numpy as jnp


def split(x, size):
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    shape = [1 if i == axis else n for i, n in enumerate(x.shape)]
    return x.std(axis, ddof=1).reshape(shape)
