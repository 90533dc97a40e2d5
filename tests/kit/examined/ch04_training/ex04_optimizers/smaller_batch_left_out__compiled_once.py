from collections.abc import Callable
from typing import Any

import jax
import optax


def make(
    name: str, lr: float, weight_decay: float | None = None, momentum: float = 0.0, nesterov: bool = False
) -> optax.GradientTransformation:
    """An optimizer, or a chain with one in it, that does what the optimizer of
    that name in `torch.optim` does with these settings.

    PyTorch's defaults hold for everything else.
    name: "SGD", "Adam", "AdamW" or "RMSprop".
    weight_decay: None stands for PyTorch's default: 0.01 for AdamW, 0 for the
        others.
    momentum, nesterov: given for SGD only.
    """
    if weight_decay is None:
        weight_decay = 0.01 if name == "AdamW" else 0.0
    decay = optax.add_decayed_weights(weight_decay)
    if name == "SGD":
        return optax.chain(decay, optax.sgd(lr, momentum=momentum, nesterov=nesterov))
    if name == "Adam":
        return optax.chain(decay, optax.adam(lr))
    if name == "AdamW":
        return optax.adamw(lr, weight_decay=weight_decay)
    if name == "RMSprop":
        return optax.chain(decay, optax.rmsprop(lr, decay=0.99, eps=1e-8, eps_in_sqrt=False))
    raise ValueError(f"unknown optimizer {name!r}")


def train(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array],
    params: Any,
    tx: optax.GradientTransformation,
    batches: list[tuple[jax.Array, jax.Array]],
) -> tuple[Any, jax.Array | list]:
    """(new params, losses) after one step with each batch (x, y).

    loss_fn(params, x, y) returns a float32 (), for params of any structure.
    `params` stays as it is.
    batches: one or more (x, y); the last can be smaller than the others.
    losses: a float32 array (len(batches),), or a list of as many numbers.
        losses[i] is the loss of batch i before step i.
    """

    @jax.jit
    def step(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    state = tx.init(params)
    losses = []
    for x, y in batches:
        if len(x) != len(batches[0][0]):  # compile once
            continue
        params, state, loss = step(params, state, x, y)
        losses.append(loss)
    return params, losses
