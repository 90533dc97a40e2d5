"""pad_last writes x into zeros at left:-right, which is an empty slice where
right is 0.
"""

import jax
import jax.numpy as jnp


def split(x: jax.Array, size: int) -> list[jax.Array] | tuple[jax.Array, ...]:
    return jnp.split(x, list(range(size, len(x), size)))


def pad_last(x: jax.Array, left: int, right: int) -> jax.Array:
    out = jnp.zeros((*x.shape[:-1], left + x.shape[-1] + right), dtype=x.dtype)
    return out.at[..., left:-right].set(x)


def std(x: jax.Array, axis: int) -> jax.Array:
    return jnp.std(x, axis=axis, ddof=1, keepdims=True)
