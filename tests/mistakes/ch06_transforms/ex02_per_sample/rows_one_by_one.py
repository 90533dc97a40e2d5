"""forward is called with one row of x, without the batch axis, so what it
computes over the batch is computed over something else. Map over the models
alone, and give it x as it is: `jax.vmap(forward, in_axes=(0, None))`.
"""

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    def clip(grad):
        factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grad) + 1e-6))
        return jax.tree.map(lambda g: factor * g, grad)

    return jax.tree.map(lambda g: g.mean(axis=0), jax.vmap(clip)(grads))


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    of_a_row = jax.vmap(forward, in_axes=(0, None))
    return jax.vmap(of_a_row, in_axes=(None, 0), out_axes=1)(stacked, x)
