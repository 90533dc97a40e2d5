"""Negative indices give rows of zeros, and so do those out of range.
`jax.nn.one_hot` has no column for them. As in PyTorch, -1 is the last row and
-n the first; what is out of range is NaN: `table.at[indices].get(mode="fill",
fill_value=jnp.nan)`.
"""

import jax
import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return jax.nn.one_hot(indices, table.shape[0]) @ table


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
