"""What runs beside the learner's code for 6.1 jit_contract."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax


def _loss(params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return jnp.mean((hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"] - y) ** 2)


class Counting:
    """How often Python has run a function."""

    def __init__(self) -> None:
        self.traced, self.run = 0, 0  # with tracers, with arrays

    def count(self, x: jax.Array) -> None:
        if isinstance(x, jax.core.Tracer):
            self.traced += 1
        else:
            self.run += 1


class Loss(Counting):
    """TorchMLP's mean squared error."""

    def __call__(self, params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
        self.count(x)
        return _loss(params, x, y)


class Forward(Counting):
    """TorchNet."""

    def __call__(self, params: Any, x: jax.Array, train: bool) -> jax.Array:
        self.count(x)
        if train:
            mean, var = x.mean(0), x.var(0)
        else:
            mean, var = params["bn"]["mean"], params["bn"]["var"]
        x = (x - mean) * jax.lax.rsqrt(var + 1e-5) * params["bn"]["scale"] + params["bn"]["bias"]
        return x @ params["fc"]["kernel"] + params["fc"]["bias"]


class Log:
    """The losses that were logged, and how many were tracers."""

    def __init__(self) -> None:
        self._losses: list = []
        self.tracers = 0

    def __call__(self, loss: Any) -> None:
        if isinstance(loss, jax.core.Tracer):
            self.tracers += 1
        else:
            self._losses.append(loss)

    def losses(self) -> list:
        jax.effects_barrier()  # waits for calls through `jax.debug.callback`
        return self._losses


def sgd() -> optax.GradientTransformation:
    """An optimizer that has a state."""
    return optax.sgd(0.1, momentum=0.9)


def run(step: Any, params: Any, batches: list) -> None:
    """Train with `step`."""
    state = sgd().init(params)
    for x, y in batches:
        params, state = step(params, state, x, y)[:2]


@partial(jax.jit, donate_argnums=(0, 1))
def donating_step(params: Any, state: Any, x: jax.Array, y: jax.Array) -> tuple[Any, Any]:
    """The step that `make_step` should return, without its log."""
    updates, state = sgd().update(jax.grad(_loss)(params, x, y), state, params)
    return optax.apply_updates(params, updates), state


def gone(tree: Any) -> list[bool]:
    """For each array of a tree, whether it has been deleted."""
    return [leaf.is_deleted() for leaf in jax.tree.leaves(tree) if isinstance(leaf, jax.Array)]


def entries_gone(history: Any) -> list[bool]:
    """For each entry, whether arrays in it have been deleted."""
    return [any(gone(entry)) for entry in history] if isinstance(history, list | tuple) else gone(history)
