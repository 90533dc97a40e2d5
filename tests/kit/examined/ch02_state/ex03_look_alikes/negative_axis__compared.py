"""std restores the axis by comparing its number with `axis`, so a negative axis
is left out of the result.
"""

import jax
import jax.numpy as jnp


def split(x: jax.Array, size: int) -> list[jax.Array] | tuple[jax.Array, ...]:
    return jnp.split(x, list(range(size, len(x), size)))


def pad_last(x: jax.Array, left: int, right: int) -> jax.Array:
    config = [(0, 0, 0) for _ in x.shape[:-1]] + [(left, right, 0)]
    return jax.lax.pad(x, jnp.zeros((), x.dtype), config)


def std(x: jax.Array, axis: int) -> jax.Array:
    out = jnp.std(x, axis, ddof=1)
    shape = list(out.shape)
    for i in range(x.ndim):
        if i == axis:
            shape.insert(i, 1)
    return out.reshape(shape)
