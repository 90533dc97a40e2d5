"""dp_mean writes the clipped means into the dicts of grads, which must not
change.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array], params: Any, xs: jax.Array, ys: jax.Array
) -> Any:
    def losses(p):
        return jax.vmap(lambda x, y: loss_fn(p, x, y))(xs, ys)

    return jax.jacrev(losses)(params)


def _update(node, f):
    if isinstance(node, dict):
        for name in node:
            node[name] = _update(node[name], f)
        return node
    return jax.tree.map(f, node)


def dp_mean(grads: Any, max_norm: float) -> Any:
    norms = jax.vmap(optax.global_norm)(grads)
    factors = jnp.where(norms > max_norm, max_norm / jnp.maximum(norms, 1e-12), 1.0)
    return _update(grads, lambda g: jnp.einsum("s,s...->...", factors, g) / g.shape[0])


def ensemble(forward: Callable[[Any, jax.Array], jax.Array], all_params: list, x: jax.Array) -> jax.Array:
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.lax.map(lambda params: forward(params, x), stacked)
