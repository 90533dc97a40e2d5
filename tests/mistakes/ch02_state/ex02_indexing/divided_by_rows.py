"""The sum is divided by the number of rows, or raises where x has none. Divide
by how many elements the mask selects: mask.sum().
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.where(mask, x, 0).sum() / x.shape[0]
