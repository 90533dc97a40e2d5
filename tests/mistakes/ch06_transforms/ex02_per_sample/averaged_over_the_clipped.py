"""The clipped gradients are divided by the sum of the factors, not by the
number of samples. A mean divides by how many there are, however short each was
made.
"""

import jax
import jax.numpy as jnp
import optax


def dp_mean(grads, max_norm):
    norms = jax.vmap(optax.global_norm)(grads)
    factors = jnp.minimum(1.0, max_norm / (norms + 1e-6))
    return jax.tree.map(lambda g: jnp.tensordot(factors, g, 1) / factors.sum(), grads)


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
