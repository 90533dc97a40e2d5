"""The range of indices is one too wide or too narrow at one of its ends. Of n
rows, n - 1 is the last and n is out of range; -n is the first and -n - 1 is out
of range: -n <= i < n.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    n = table.shape[0]
    inside = (indices > -n) & (indices < n)
    return jnp.where(inside[:, None], table[indices], jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
