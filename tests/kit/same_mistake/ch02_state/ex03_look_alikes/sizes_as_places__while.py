"""The sizes counted off in a loop."""

import jax.numpy as jnp


def split(x, size):
    left, sizes = x.shape[0], []
    while left > 0:
        sizes.append(min(size, left))
        left -= size
    return jnp.split(x, tuple(sizes))


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    return x.std(axis=axis, ddof=1, keepdims=True)
