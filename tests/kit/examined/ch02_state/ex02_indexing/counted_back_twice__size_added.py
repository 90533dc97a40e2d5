"""Adds n to negative indices, and lets take count the rest from the end
again.
"""

import jax
import jax.numpy as jnp


def add_at(x: jax.Array, indices: jax.Array, values: jax.Array) -> jax.Array:
    return x.at[indices].add(values)


def rows(table: jax.Array, indices: jax.Array) -> jax.Array:
    wrapped = indices + (indices < 0) * len(table)
    return jnp.take(table, wrapped, axis=0, mode="fill")


def masked_mean(x: jax.Array, mask: jax.Array) -> jax.Array:
    return jnp.where(mask, x, 0).sum() / mask.sum()
