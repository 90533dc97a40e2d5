"""A negative index gives the first row, and one past the end the last. That is
what clipping to 0 and n - 1 does. As in PyTorch, -1 is the last row and -n the
first; what is out of range is NaN: `table.at[indices].get(mode="fill",
fill_value=jnp.nan)`.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return jnp.take(table, indices, axis=0, mode="clip")


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
