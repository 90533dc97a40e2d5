"""What runs beside the learner's code for 4.4 optimizers."""

from typing import Any

import jax
import jax.numpy as jnp
import optax


def loss_fn(params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
    """TorchMLP's mean squared error."""
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return jnp.mean((hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"] - y) ** 2)


def linear_loss(params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
    """A linear layer's mean squared error, for a tree whose leaves are bias and
    kernel.
    """
    bias, kernel = jax.tree.leaves(params)
    return jnp.mean((x @ kernel + bias - y) ** 2)


class Counting:
    """linear_loss, with a count of how often Python has run it."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
        self.count += 1
        return linear_loss(params, x, y)


def adamw() -> optax.GradientTransformation:
    """An optimizer whose updates need its state and the parameters."""
    return optax.adamw(0.05, weight_decay=0.1)


def sgd(momentum: float) -> optax.GradientTransformation:
    """A simpler one."""
    return optax.sgd(0.1, momentum=momentum)


_linear = jax.jit(jax.value_and_grad(linear_loss))


def losses(tx: Any, params: Any, batches: list) -> list[jax.Array]:
    """The losses of training one linear layer with tx: few arrays, because each
    optimizer is compiled separately.
    """

    @jax.jit
    def step(grads: Any, state: Any, params: Any) -> tuple[Any, Any]:
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    state, found = tx.init(params), []
    for x, y in batches:
        loss, grads = _linear(params, x, y)
        params, state = step(grads, state, params)
        found.append(loss)
    return found


def steps(tx: Any, params: jax.Array, grads: list) -> jax.Array:
    """The params after one step of tx with each of these gradients."""

    @jax.jit
    def step(g: jax.Array, state: Any, params: jax.Array) -> tuple[jax.Array, Any]:
        updates, state = tx.update(g, state, params)
        return optax.apply_updates(params, updates), state

    state = tx.init(params)
    for g in grads:
        params, state = step(g, state, params)
    return params
