"""optax's own clipping, for a mean gradient."""

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    mean = jax.tree.map(lambda g: jnp.sum(g, 0) / g.shape[0], grads)
    tx = optax.clip_by_global_norm(max_norm)
    return tx.update(mean, tx.init(mean))[0]


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
