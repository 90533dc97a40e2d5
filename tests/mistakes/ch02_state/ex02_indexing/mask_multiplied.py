"""A NaN or an infinity where the mask is false makes the mean NaN. Usually x
was multiplied by the mask as numbers, 1 and 0, and NaN times zero is NaN.
`jnp.where(mask, x, 0)` takes zero there whatever x is.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return (x * mask.astype(x.dtype)).sum() / mask.sum()
