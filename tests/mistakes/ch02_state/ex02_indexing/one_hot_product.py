"""A NaN or an infinity of one row turns other rows into NaN. Usually rows are
picked or placed by a product with a matrix of ones and zeros, such as that of
`jax.nn.one_hot`: zero times an infinity is NaN. Index instead:
`x.at[indices].add(values)`, `table.at[indices].get(...)`.
"""

import jax
import jax.numpy as jnp


def add_at(x, indices, values):
    return x + jax.nn.one_hot(indices, x.shape[0]).T @ values


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
