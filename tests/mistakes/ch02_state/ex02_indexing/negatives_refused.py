"""Each negative index gives NaN. As in PyTorch, -1 is the last row and -n the
first; only below -n there is none.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    inside = (indices >= 0) & (indices < table.shape[0])
    return jnp.where(inside[:, None], table[indices], jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
