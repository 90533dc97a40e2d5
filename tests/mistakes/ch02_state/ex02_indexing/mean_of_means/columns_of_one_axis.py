import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    x, mask = jnp.atleast_1d(x, mask)
    return jnp.mean(x, axis=0, where=mask).mean()
