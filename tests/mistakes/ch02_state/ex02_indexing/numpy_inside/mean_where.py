import jax.numpy as jnp
import numpy as np


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.asarray(np.mean(np.asarray(x), where=np.asarray(mask)))
