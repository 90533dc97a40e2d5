"""std takes n from the first axis, so its correction is wrong along any other
axis of another size.
"""

import jax
import jax.numpy as jnp


def split(x: jax.Array, size: int) -> list[jax.Array] | tuple[jax.Array, ...]:
    return [x[i : i + size] for i in range(0, x.shape[0], size)]


def pad_last(x: jax.Array, left: int, right: int) -> jax.Array:
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x: jax.Array, axis: int) -> jax.Array:
    n = len(x)
    centred = x - x.mean(axis, keepdims=True)
    var = (centred * centred).mean(axis, keepdims=True)
    size = x.shape[axis]
    if size == 1:
        return jnp.full_like(var, jnp.nan)
    return jnp.sqrt(var * (n / (n - 1) if n > 1 else 1.0))
