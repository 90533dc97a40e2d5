"""The room is filled with the first and last elements, not with zeros. `F.pad`
and `jnp.pad` both take zeros by default, mode="constant".
"""

import jax.numpy as jnp


def split(x, size):
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)], mode="edge")


def std(x, axis):
    return x.std(axis=axis, ddof=1, keepdims=True)
