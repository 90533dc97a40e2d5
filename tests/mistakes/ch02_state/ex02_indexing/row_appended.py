"""Negative indices are off by one: -1 gives NaN, and -2 the last row. Usually a
row of NaN is appended to the table, and then negative indices count from that
row. Turn them into positions first, or append nothing:
`table.at[indices].get(mode="fill", fill_value=jnp.nan)`.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    n, d = table.shape
    longer = jnp.concatenate([table, jnp.full((1, d), jnp.nan)])
    return longer[jnp.where((indices >= -n) & (indices < n), indices, n)]


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
