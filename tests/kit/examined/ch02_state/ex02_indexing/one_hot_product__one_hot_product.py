"""add_at multiplies by a one-hot matrix, so an infinity or NaN in `values` (0 *
inf is NaN) turns the rows that it is not added to into NaN.
"""

import jax
import jax.numpy as jnp


def add_at(x: jax.Array, indices: jax.Array, values: jax.Array) -> jax.Array:
    hot = jax.nn.one_hot(indices, x.shape[0], dtype=x.dtype)  # (k, n)
    return x + jnp.einsum("kr,kc->rc", hot, values, precision="highest")


def rows(table: jax.Array, indices: jax.Array) -> jax.Array:
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x: jax.Array, mask: jax.Array) -> jax.Array:
    return jnp.where(mask, x, 0).sum() / jnp.count_nonzero(mask)
