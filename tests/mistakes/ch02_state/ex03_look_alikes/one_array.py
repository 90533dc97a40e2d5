"""`split` returns one array with an axis more, not a sequence of pieces.
Usually that is `reshape`, which also needs n to be a multiple of the size.
`jnp.split(x, [size, 2 * size, ...])` returns a list, and the last piece may be
shorter.
"""

import jax.numpy as jnp


def split(x, size):
    return x.reshape(-1, size, *x.shape[1:])


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    return x.std(axis=axis, ddof=1, keepdims=True)
