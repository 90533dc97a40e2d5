from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax


def make_step(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array],
    tx: optax.GradientTransformation,
    log: Callable[[jax.Array], None],
) -> Callable[[Any, Any, jax.Array, jax.Array], tuple[Any, Any]]:

    @partial(jax.jit, donate_argnums=(0, 1))
    def update(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        updates, state = tx.update(grads, state, params)
        params = optax.apply_updates(params, updates)
        return params, state, loss

    def step(params, state, x, y):
        params, state, loss = update(params, state, x, y)
        log(loss)
        return params, state

    return step


def history(
    step: Callable[[Any, Any, jax.Array, jax.Array], tuple[Any, Any]],
    params: Any,
    state: Any,
    batches: list[tuple[jax.Array, jax.Array]],
) -> list:
    params, state = jax.tree.map(jnp.copy, (params, state))
    results = [jax.tree.map(jnp.copy, params)]
    for x, y in batches:
        params, state = step(params, state, x, y)
        results.append(jax.tree.map(jnp.copy, params))
    return results


def make_predict(forward: Callable[[Any, jax.Array, bool], jax.Array]) -> Callable[[Any, jax.Array, bool], jax.Array]:
    compiled = jax.jit(forward, static_argnames="train")

    def predict(params, x, train):
        return compiled(params, x, train)

    return predict
