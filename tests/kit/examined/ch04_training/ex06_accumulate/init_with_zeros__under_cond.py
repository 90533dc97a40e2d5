from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def accumulate(
    grad_fn: Callable[[Any, jax.Array, jax.Array], Any], params: Any, batches: list[tuple[jax.Array, jax.Array]]
) -> Any:
    """The gradients of the mean loss over all samples of all batches, computed
    one batch at a time. `params` and `batches` stay as they are.

    grad_fn(params, x, y): the gradients of the mean loss over this one batch,
        shaped like params.
    params: a pytree of any form: a dict of layers, one layer's dict, a tuple.
    batches: one or more (x, y), float32 (n, in_dim) and (n, output_dim), where
        n can differ from batch to batch.
    """

    total = sum(len(x) for x, _ in batches)
    grads = None
    for x, y in batches:
        weight = len(x) / total
        part = jax.tree.map(lambda g, weight=weight: g * weight, grad_fn(params, x, y))
        grads = part if grads is None else jax.tree.map(jnp.add, grads, part)
    return grads


def step_every(tx: optax.GradientTransformation, k: int) -> Any:
    """An optimizer that steps as tx would, at every k-th call, with the mean of
    the k gradients since its last step.

    tx: any optimizer, even one that needs the params or counts its steps.
    Returns an object with `init` and `update`, like optax's optimizers. The
    checks call `update(grads, state, params)`.
    """

    def init(params):
        total = jax.tree.map(jnp.zeros_like, params)
        return (jnp.zeros((), jnp.int32), total, tx.init(total))

    def update(grads, state, params=None):
        count, total, inner = state
        total = jax.tree.map(lambda t, g: t + g / k, total, grads)
        zeros = jax.tree.map(jnp.zeros_like, grads)

        def step():
            updates, new_inner = tx.update(total, inner, params)
            return updates, (jnp.zeros_like(count), zeros, new_inner)

        def wait():
            return zeros, (count + 1, total, inner)

        return jax.lax.cond(count == k - 1, step, wait)

    return optax.GradientTransformation(init, update)
