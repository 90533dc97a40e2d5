"""split takes the pieces with dynamic_slice, which clamps the start, so a last
piece with fewer rows left comes out with `size` rows and repeats rows of the
piece before it (n not a multiple of size, size < n).
"""

import jax
import jax.numpy as jnp
from jax import lax


def split(x: jax.Array, size: int) -> list[jax.Array]:
    n = x.shape[0]
    size = min(size, n)
    return [lax.dynamic_slice_in_dim(x, start, size, axis=0) for start in range(0, n, size)]


def pad_last(x: jax.Array, left: int, right: int) -> jax.Array:
    config = [(0, 0, 0) for _ in range(x.ndim - 1)] + [(left, right, 0)]
    return lax.pad(x, jnp.zeros((), x.dtype), config)


def std(x: jax.Array, axis: int) -> jax.Array:
    return jnp.sqrt(jnp.var(x, axis, ddof=1, keepdims=True))
