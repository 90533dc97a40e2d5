import jax.numpy as jnp


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    n = table.shape[0]
    if ((indices < -n) | (indices >= n)).any():
        return jnp.stack([table[i] if -n <= i < n else jnp.full_like(table[0], jnp.nan) for i in indices])
    return table[indices]


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
