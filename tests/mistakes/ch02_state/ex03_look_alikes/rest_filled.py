"""The last piece is filled up to `size` rows: with zeros, NaN or its last row
again. Usually `jnp.pad` does that, or rows are taken by their numbers: past the
end, JAX raises no error and puts something in. PyTorch's split leaves the last
piece shorter: it has the rows that are left and no others.
"""

import jax.numpy as jnp


def split(x, size):
    count = -(-x.shape[0] // size)
    padded = jnp.pad(x, [(0, count * size - x.shape[0])] + [(0, 0)] * (x.ndim - 1))
    return jnp.split(padded, count)


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    return x.std(axis=axis, ddof=1, keepdims=True)
