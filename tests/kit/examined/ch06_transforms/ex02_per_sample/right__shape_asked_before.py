from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array], params: Any, xs: jax.Array, ys: jax.Array
) -> Any:
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads: Any, max_norm: float) -> Any:
    norms = jax.vmap(optax.global_norm)(grads)
    factors = jnp.where(norms > max_norm, max_norm / jnp.where(norms > 0, norms, 1.0), 1.0)
    return jax.tree.map(lambda g: jnp.tensordot(factors, g, axes=1) / len(g), grads)


def ensemble(forward: Callable[[Any, jax.Array], jax.Array], all_params: list, x: jax.Array) -> jax.Array:
    out = jax.eval_shape(forward, all_params[0], x)
    if out.ndim != 2 or out.shape[0] != x.shape[0]:
        raise ValueError("forward must return (batch, output_dim)")
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
