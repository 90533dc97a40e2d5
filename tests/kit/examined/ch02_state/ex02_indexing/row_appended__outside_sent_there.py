"""Sends what is out of range to an appended row of NaN, from which -1
counts.
"""

import jax
import jax.numpy as jnp


def add_at(x: jax.Array, indices: jax.Array, values: jax.Array) -> jax.Array:
    return x.at[indices].add(values)


def rows(table: jax.Array, indices: jax.Array) -> jax.Array:
    size = len(table)
    padded = jnp.pad(table, ((0, 1), (0, 0)), constant_values=jnp.nan)
    outside = (indices < -size) | (indices >= size)
    return padded[jnp.where(outside, size, indices)]


def masked_mean(x: jax.Array, mask: jax.Array) -> jax.Array:
    return jnp.where(mask, x, 0).sum() / mask.sum()
