"""`x[indices] += values` writes into x. A JAX array cannot be written to;
`x.at[indices].add(values)` returns a new one.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    x[indices] += values
    return x


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
