"""What runs beside the learner's code for 4.6 accumulate."""

from typing import Any

import jax
import jax.numpy as jnp
import optax


@jax.jit
@jax.value_and_grad
def _mlp(params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return jnp.mean((hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"] - y) ** 2)


@jax.jit
@jax.value_and_grad
def _linear(params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
    bias, kernel = jax.tree.leaves(params)
    return jnp.mean((x @ kernel + bias - y) ** 2)


def kept(tree: Any) -> Any:
    """The tree itself, to be fetched later."""
    return tree


def mlp_gradients(params: Any, x: jax.Array, y: jax.Array) -> Any:
    """The gradients of TorchMLP's mean squared error."""
    return _mlp(params, x, y)[1]


class WatchingLinear:
    """The gradients of a linear layer's mean squared error, for a tree whose
    leaves are bias and kernel; `most` is the largest number of samples in a
    call.
    """

    def __init__(self) -> None:
        self.most = 0

    def __call__(self, params: Any, x: jax.Array, y: jax.Array) -> Any:
        self.most = max(self.most, len(x))
        return _linear(params, x, y)[1]


def sgd() -> optax.GradientTransformation:
    """An optimizer that remembers earlier gradients."""
    return optax.sgd(0.1, momentum=0.9)


def adamw() -> optax.GradientTransformation:
    """An optimizer that counts its steps and needs the params."""
    return optax.adamw(0.05, weight_decay=0.1)


def pulled() -> optax.GradientTransformation:
    """An optimizer that keeps the params of `init`, and pulls back to them."""

    def update(grads: Any, start: Any, params: Any) -> tuple[Any, Any]:
        return jax.tree.map(lambda g, s, p: -0.1 * (g + 0.5 * (p - s)), grads, start, params), start

    return optax.GradientTransformation(lambda params: params, update)


def losses(tx: Any, params: Any, batches: list) -> list[jax.Array]:
    """The losses of training one linear layer with tx."""

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
