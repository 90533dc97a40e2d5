"""A keyword is not one of JAX's. `dim` and `keepdim` are PyTorch's words; in
JAX, as in NumPy, they are `axis` and `keepdims`.
"""

import jax.numpy as jnp


def split(x, size):
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    return x.std(dim=axis, ddof=1, keepdim=True)
