"""Zeros are missing before or after the elements. A single number or pair of
`jnp.pad` does not mean what `F.pad`'s tuple does: give the last axis the pair
(left, right).
"""

import jax.numpy as jnp


def split(x, size):
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, right)])


def std(x, axis):
    return x.std(axis=axis, ddof=1, keepdims=True)
