"""Selected elements that are zero do not count. Divide by how many the mask
selects, mask.sum(), and not by how many are not zero.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    kept = jnp.where(mask, x, 0)
    return kept.sum() / (kept != 0).sum()
