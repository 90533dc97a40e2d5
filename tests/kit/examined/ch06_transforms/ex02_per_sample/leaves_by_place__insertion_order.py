"""ensemble stacks the values of the dicts in the order in which they come, not
by key, so it mixes layers up where two models have the same keys in a different
order.
"""

from collections.abc import Callable, Mapping
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
    factors = jnp.minimum(1.0, max_norm / (norms + 1e-6))
    return jax.tree.map(lambda g: jnp.einsum("s,s...->...", factors, g) / len(g), grads)


def _stack(trees):
    first = trees[0]
    if isinstance(first, Mapping):
        columns = zip(*(tree.values() for tree in trees), strict=False)
        return {key: _stack(list(column)) for key, column in zip(first, columns, strict=False)}
    if isinstance(first, (list, tuple)):
        return [_stack(list(column)) for column in zip(*trees, strict=False)]
    return jnp.stack(trees)


def ensemble(forward: Callable[[Any, jax.Array], jax.Array], all_params: list, x: jax.Array) -> jax.Array:
    structure = jax.tree.structure(all_params[0])
    stacked = jax.tree.unflatten(structure, jax.tree.leaves(_stack(all_params)))
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
