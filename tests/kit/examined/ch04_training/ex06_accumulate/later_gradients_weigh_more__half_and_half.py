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
    grads = jax.tree.map(jnp.zeros_like, params)
    for x, y in batches:
        part = grad_fn(params, x, y)
        share = len(x) / total
        grads = jax.tree.map(lambda g, p, share=share: g + share * p, grads, part)
    return grads


def step_every(tx: optax.GradientTransformation, k: int) -> Any:
    """An optimizer that steps as tx would, at every k-th call, with the mean of
    the k gradients since its last step.

    tx: any optimizer, even one that needs the params or counts its steps.
    Returns an object with `init` and `update`, like optax's optimizers. The
    checks call `update(grads, state, params)`.
    """

    def init(params: Any) -> Any:
        return tx.init(params), jax.tree.map(jnp.zeros_like, params), jnp.zeros((), jnp.int32)

    def update(grads: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
        inner, total, count = state
        total = jax.tree.map(lambda s, g: jnp.where(count == 0, g, (s + g) / 2), total, grads)
        count = count + 1
        emit = count == k
        updates, stepped = tx.update(total, inner, params)

        def pick(new: Any, old: Any) -> Any:
            return jax.tree.map(lambda a, b: jnp.where(emit, a, b), new, old)

        updates = jax.tree.map(lambda u: jnp.where(emit, u, 0), updates)
        total = jax.tree.map(lambda s: jnp.where(emit, 0, s), total)
        return updates, (pick(stepped, inner), total, jnp.where(emit, 0, count))

    return optax.GradientTransformation(init, update)
