import jax
import jax.numpy as jnp


def add_at(x, indices, values):
    return x + jax.nn.one_hot(indices, x.shape[0]).T @ values


def rows(table, indices):
    n = table.shape[0]
    inside = (indices >= -n) & (indices < n)
    picked = jax.nn.one_hot(indices % n, n) @ table
    return jnp.where(inside[:, None], picked, jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
