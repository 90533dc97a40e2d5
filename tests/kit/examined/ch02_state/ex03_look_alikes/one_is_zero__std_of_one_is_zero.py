"""n - 1 is kept at 1 or more: an axis of size 1 gives 0 where PyTorch gives
NaN.
"""

import jax.numpy as jnp


def split(x, size):
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    centred = x - x.mean(axis, keepdims=True)
    return jnp.sqrt((centred**2).sum(axis, keepdims=True) / max(x.shape[axis] - 1, 1))
