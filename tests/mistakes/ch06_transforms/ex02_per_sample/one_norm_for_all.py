"""All samples are scaled by one factor. Usually `optax.global_norm(grads)`
received the gradients of all samples, and takes the samples for a part of one
gradient. Each sample needs a norm of its own: write the clipping for one
sample's gradient, and put jax.vmap around it.
"""

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: (factor * g).mean(axis=0), grads)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
