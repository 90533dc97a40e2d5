"""The factors are one for each sample, and `factors * g` lays them along the
last
axis of g, which is no axis of samples. Where the sizes are equal, nothing is
raised. With jax.vmap around a clip for one sample there is no axis to mistake.
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
