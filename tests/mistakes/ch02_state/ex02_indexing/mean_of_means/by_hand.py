import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    sums = jnp.where(mask, x, 0).sum(-1, keepdims=True)
    return (sums / mask.sum(-1, keepdims=True)).mean()
