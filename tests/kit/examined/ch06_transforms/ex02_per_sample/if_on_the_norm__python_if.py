"""dp_mean compares each norm in a Python if, which raises an error under
jax.jit.
"""

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
    leaves, treedef = jax.tree.flatten(grads)
    samples = len(leaves[0])
    total = [jnp.zeros(leaf.shape[1:], leaf.dtype) for leaf in leaves]
    for i in range(samples):
        sample = [leaf[i] for leaf in leaves]
        norm = optax.global_norm(sample)
        if norm > max_norm:
            sample = [g * (max_norm / norm) for g in sample]
        total = [t + g for t, g in zip(total, sample, strict=False)]
    return jax.tree.unflatten(treedef, [t / samples for t in total])


def ensemble(forward: Callable[[Any, jax.Array], jax.Array], all_params: list, x: jax.Array) -> jax.Array:
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
