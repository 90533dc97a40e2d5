import jax.numpy as jnp
import numpy as np


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    x, mask = np.asarray(x), np.asarray(mask)
    return jnp.asarray(x[mask].mean() if mask.any() else np.nan)
