"""The clipped gradients are added up, not averaged."""

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    def clip(g):
        factor = jnp.minimum(1.0, max_norm / (optax.global_norm(g) + 1e-6))
        return jax.tree.map(lambda leaf: leaf * factor, g)

    return jax.tree.map(lambda leaf: leaf.sum(0), jax.vmap(clip)(grads))


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
