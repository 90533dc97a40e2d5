"""The gradients are averaged, and none is clipped. Multiply each sample's
gradient by the factor `jnp.minimum(1.0, max_norm / (norm + 1e-6))` first, with
the norm of all its leaves.
"""

import jax
import jax.numpy as jnp


def dp_mean(grads, max_norm):
    return jax.tree.map(lambda g: g.mean(axis=0), grads)


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
