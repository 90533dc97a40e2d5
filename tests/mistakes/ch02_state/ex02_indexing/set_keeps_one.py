"""Where an index is repeated, one of its values is added and the others are
lost, as with `x[i] += v` in PyTorch. Usually that is `set` with the old row
plus the value: each starts from the old row. `x.at[indices].add(values)` adds
them all.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].set(x[indices] + values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
