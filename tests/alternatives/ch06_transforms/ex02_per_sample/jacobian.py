"""The Jacobian of all losses; the sum that optax gives, divided; models along
the last axis.
"""

from functools import partial

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.jacrev(lambda p: jax.vmap(partial(loss_fn, p))(xs, ys))(params)


def dp_mean(grads, max_norm):
    samples = len(jax.tree.leaves(grads)[0])
    clipped, _ = optax.per_example_global_norm_clip(grads, max_norm)
    return jax.tree.map(lambda g: g / samples, clipped)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves, axis=-1), *all_params)
    return jax.vmap(lambda params: forward(params, x), in_axes=-1)(stacked)
