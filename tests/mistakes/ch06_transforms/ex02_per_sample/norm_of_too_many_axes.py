"""`dp_mean` raises an error for a leaf that has three axes beside the samples,
or none. Usually `jnp.linalg.norm` received all axes but the first. It is the
norm of a vector or of a matrix, over one axis or two. Flatten each sample
first, `g.reshape(len(g), -1)` and axis=1, or take `optax.global_norm` under
jax.vmap.
"""

import jax
import jax.numpy as jnp


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    norms = [jnp.linalg.norm(g, axis=tuple(range(1, g.ndim))) for g in jax.tree.leaves(grads)]
    factors = jnp.minimum(1.0, max_norm / (jnp.linalg.norm(jnp.stack(norms), axis=0) + 1e-6))
    return jax.tree.map(lambda g: jnp.einsum("s,s...->...", factors, g) / len(g), grads)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
