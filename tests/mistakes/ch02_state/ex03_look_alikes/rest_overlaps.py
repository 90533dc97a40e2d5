"""The last piece has `size` rows where fewer are left: it repeats rows of the
piece before. Usually `jax.lax.dynamic_slice` takes the pieces. All that it
returns have the size asked for; where one would reach past the end, it begins
earlier, without an error. `x[start : start + size]` stops at the end.
"""

import jax
import jax.numpy as jnp


def split(x, size):
    size = min(size, x.shape[0])
    return [jax.lax.dynamic_slice_in_dim(x, start, size) for start in range(0, x.shape[0], size)]


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    return x.std(axis=axis, ddof=1, keepdims=True)
