from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def make(
    name: str, lr: float, weight_decay: float | None = None, momentum: float = 0.0, nesterov: bool = False
) -> optax.GradientTransformation:
    if weight_decay is None:
        weight_decay = 0.01 if name == "AdamW" else 0.0
    if name == "AdamW":
        return optax.adamw(lr, weight_decay=weight_decay)
    if name == "SGD":
        tx = optax.sgd(lr, momentum=momentum or None, nesterov=nesterov)
    elif name == "Adam":
        tx = optax.adam(lr)
    elif name == "RMSprop":
        tx = optax.rmsprop(lr, decay=0.99, eps=1e-8, eps_in_sqrt=False)
    else:
        raise ValueError(name)
    return optax.chain(optax.add_decayed_weights(weight_decay), tx)


def train(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array],
    params: Any,
    tx: optax.GradientTransformation,
    batches: list[tuple[jax.Array, jax.Array]],
) -> tuple[Any, jax.Array | list]:

    @jax.jit
    def step(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    state = tx.init(params)
    losses = []
    for x, y in batches:
        params, state, loss = step(params, state, x, y)
        losses.append(loss)
        if not jnp.isfinite(loss):
            break  # diverged
    return params, jnp.stack(losses)
