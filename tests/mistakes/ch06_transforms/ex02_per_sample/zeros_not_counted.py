"""A sample whose gradient is zero is left out of the count, so the mean is too
large. It is a sample as well: divide by how many there are.
"""

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    norms = jax.vmap(optax.global_norm)(grads)
    factors = jnp.minimum(1.0, max_norm / (norms + 1e-6))
    count = jnp.maximum((norms > 0).sum(), 1)
    return jax.tree.map(lambda g: jnp.tensordot(factors, g, axes=1) / count, grads)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
