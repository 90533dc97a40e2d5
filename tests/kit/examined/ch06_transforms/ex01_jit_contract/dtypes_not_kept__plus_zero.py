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
        return optax.apply_updates(params, updates), state, loss

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
    result = [jax.tree.map(jnp.copy, params)]
    params, state = jax.tree.map(lambda a: a + 0, (params, state))
    for x, y in batches:
        params, state = step(params, state, x, y)
        result.append(jax.tree.map(jnp.copy, params))
    return result


def make_predict(forward: Callable[[Any, jax.Array, bool], jax.Array]) -> Callable[[Any, jax.Array, bool], jax.Array]:
    return jax.jit(forward, static_argnums=2)
