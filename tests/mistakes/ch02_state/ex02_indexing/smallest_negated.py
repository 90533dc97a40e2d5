"""For the smallest int32, -2**31, `rows` gives a row of the table; other
indices below -n give NaN. Usually the index is negated, or its absolute value
taken, before it is compared. In int32, -2**31 negated is -2**31 again. Compare
the index as it is: indices >= -n.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    n = table.shape[0]
    inside = (-indices <= n) & (indices < n)
    return jnp.where(inside[:, None], table[indices], jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
