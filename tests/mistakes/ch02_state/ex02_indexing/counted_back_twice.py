"""An index a little below -n gives a row: of five rows, -6 gives the last.
Usually n is added to negative indices by hand, and what is still negative is
counted from the end once more by the indexing itself. Leave one of the two out:
`table.at[indices].get(mode="fill", fill_value=jnp.nan)` knows negative indices.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    indices = jnp.where(indices < 0, indices + table.shape[0], indices)
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
