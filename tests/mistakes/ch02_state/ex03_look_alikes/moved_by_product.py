"""In `pad_last`, a NaN or an infinity makes its whole row NaN. Usually the
elements are moved by a product with a matrix of ones and zeros: zero times an
infinity is NaN. `jnp.pad` copies them.
"""

import jax.numpy as jnp


def split(x, size):
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x, left, right):
    d = x.shape[-1]
    return x @ jnp.eye(d, left + d + right, k=left, dtype=x.dtype)


def std(x, axis):
    return x.std(axis=axis, ddof=1, keepdims=True)
