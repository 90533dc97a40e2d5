"""dp_mean calls jnp.linalg.norm over all axes but the first, which raises an
error for leaves (samples,) and for leaves of four or more axes, such as those
of a Conv.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp


def per_sample_grads(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array], params: Any, xs: jax.Array, ys: jax.Array
) -> Any:
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads: Any, max_norm: float) -> Any:
    def leaf_norm(g):
        return jnp.linalg.norm(g, axis=tuple(range(1, g.ndim)))

    norms = jnp.linalg.norm(jnp.stack([leaf_norm(g) for g in jax.tree.leaves(grads)]), axis=0)
    factors = jnp.clip(max_norm / (norms + 1e-6), max=1.0)

    def leaf_mean(g):
        return (g * factors.reshape(-1, *[1] * (g.ndim - 1))).mean(0)

    return jax.tree.map(leaf_mean, grads)


def ensemble(forward: Callable[[Any, jax.Array], jax.Array], all_params: list, x: jax.Array) -> jax.Array:
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
