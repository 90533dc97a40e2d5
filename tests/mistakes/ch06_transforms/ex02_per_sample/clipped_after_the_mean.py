"""The mean is clipped, so one sample with a huge gradient has already
outweighed the others. Clip each sample's gradient, and take the mean of those.
"""

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    mean = jax.tree.map(lambda g: g.mean(axis=0), grads)
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(mean) + 1e-6))
    return jax.tree.map(lambda g: factor * g, mean)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
