"""accumulate pops the batches off the list that it is given."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def accumulate(
    grad_fn: Callable[[Any, jax.Array, jax.Array], Any], params: Any, batches: list[tuple[jax.Array, jax.Array]]
) -> Any:
    total = sum(x.shape[0] for x, _ in batches)
    grads = jax.tree.map(jnp.zeros_like, params)
    while batches:  # free each batch when it is done
        x, y = batches.pop(0)
        share = x.shape[0] / total
        grads = jax.tree.map(lambda a, b: a + share * b, grads, grad_fn(params, x, y))  # noqa: B023
    return grads


def step_every(tx: optax.GradientTransformation, k: int) -> Any:
    return optax.MultiSteps(tx, every_k_schedule=k)
