import jax.numpy as jnp
import numpy as np


def add_at(x, indices, values):
    out = np.array(x)
    np.add.at(out, indices, values)
    return out


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
