"""The condition has one entry per index, (k,), and the rows are (k, d): the two
cannot be broadcast. Make the condition a column, `inside[:, None]`, so that it
holds for a whole row.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    n = table.shape[0]
    inside = (indices >= -n) & (indices < n)
    return jnp.where(inside, table[indices], jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
