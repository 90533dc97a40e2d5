"""`add_at` sets the old row plus the value. Where an index is repeated, each of
them starts from the old row and one survives, as with `x[i] += v` in PyTorch.
`x.at[indices].add(values)` adds them all.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].set(x[indices] + values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
