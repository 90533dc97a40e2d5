"""`loss_fn` gets x of shape (1, in_dim) and y of shape (1, output_dim). It is a
loss of one sample, without a batch axis: `jax.vmap` takes the axis away by
itself, and nothing needs to put one back.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array], params: Any, xs: jax.Array, ys: jax.Array
) -> Any:
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs[:, None], ys[:, None])


def dp_mean(grads: Any, max_norm: float) -> Any:
    def clip(grad):
        factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grad) + 1e-6))
        return jax.tree.map(lambda g: g * factor, grad)

    return jax.tree.map(lambda g: g.mean(axis=0), jax.vmap(clip)(grads))


def ensemble(forward: Callable[[Any, jax.Array], jax.Array], all_params: list, x: jax.Array) -> jax.Array:
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
