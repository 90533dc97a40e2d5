"""masked_mean averages the means of the rows, so for x of rank 2 or more whose
rows have unequal counts of selected elements (or a row with none) the mean is
wrong.
"""

import jax
import jax.numpy as jnp


def add_at(x: jax.Array, indices: jax.Array, values: jax.Array) -> jax.Array:
    return x.at[indices, :].add(values)


def rows(table: jax.Array, indices: jax.Array) -> jax.Array:
    return table.at[indices].get(mode="fill", fill_value=float("nan"))


def masked_mean(x: jax.Array, mask: jax.Array) -> jax.Array:
    x, mask = jnp.atleast_1d(x), jnp.atleast_1d(mask)
    per_row = jnp.where(mask, x, 0).sum(axis=-1) / mask.sum(axis=-1)
    return per_row.mean()
