"""The rows that are named hold the values alone: what was in them is gone.
`set` replaces, as `x[i] = v` does in PyTorch. index_add adds:
`x.at[indices].add(values)`.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].set(values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
