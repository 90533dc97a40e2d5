"""split computes its cuts with jnp.arange, which are traced under jax.jit,
where jnp.split then fails.
"""

import jax
import jax.numpy as jnp


def split(x: jax.Array, size: int) -> list[jax.Array] | tuple[jax.Array, ...]:
    cuts = jnp.arange(size, x.shape[0], size)
    return tuple(jnp.split(x, [int(c) for c in cuts]))


def pad_last(x: jax.Array, left: int, right: int) -> jax.Array:
    lead = x.shape[:-1]
    return jnp.concatenate([jnp.zeros((*lead, left), x.dtype), x, jnp.zeros((*lead, right), x.dtype)], axis=-1)


def std(x: jax.Array, axis: int) -> jax.Array:
    return jnp.std(x, axis=axis, ddof=1, keepdims=True)
