"""The compiled step is cached by loss_fn alone: a second call with the same
loss_fn and another tx trains with the first tx.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax

_steps = {}


def make(
    name: str, lr: float, weight_decay: float | None = None, momentum: float = 0.0, nesterov: bool = False
) -> optax.GradientTransformation:
    if weight_decay is None:
        weight_decay = 0.01 if name == "AdamW" else 0.0
    if name == "AdamW":
        return optax.adamw(lr, weight_decay=weight_decay)
    if name == "SGD":
        tx = optax.sgd(lr, momentum=momentum, nesterov=nesterov)
    elif name == "Adam":
        tx = optax.adam(lr)
    elif name == "RMSprop":
        tx = optax.rmsprop(lr, decay=0.99, eps_in_sqrt=False)
    else:
        raise ValueError(name)
    return optax.chain(optax.add_decayed_weights(weight_decay), tx)


def train(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array],
    params: Any,
    tx: optax.GradientTransformation,
    batches: list[tuple[jax.Array, jax.Array]],
) -> tuple[Any, jax.Array | list]:
    if loss_fn not in _steps:

        @jax.jit
        def step(params, state, x, y):
            loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
            updates, state = tx.update(grads, state, params)
            return optax.apply_updates(params, updates), state, loss

        _steps[loss_fn] = step
    step = _steps[loss_fn]
    state = tx.init(params)
    losses = []
    for x, y in batches:
        params, state, loss = step(params, state, x, y)
        losses.append(loss)
    return params, jnp.stack(losses)
