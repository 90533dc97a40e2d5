"""Indices out of range give NaN at one end, and at the other they give the
nearest row. Both ends have one: an index is in range if -n <= i < n.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return jnp.where((indices < table.shape[0])[:, None], table[indices], jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
