"""What runs beside the learner's code for 7.3 linen_and_nnx."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax import nnx


def made(module: Any, sizes: tuple) -> nnx.Module:
    """A new NNX model."""
    return module(*sizes, nnx.Rngs(0))


def fill(model: nnx.Module, variables: dict) -> None:
    """Write Linen's variables into an NNX model."""
    nnx.update(model, *variables.values())


def rngs() -> nnx.Rngs:
    return nnx.Rngs(1)


def short(state: Any) -> dict:
    """Arrays by the last two names of their paths, since a wrapper may have put
    something in front.
    """
    found: dict = {}
    for path, variable in nnx.to_flat_state(state):
        found.setdefault(str(path[-2]), {})[str(path[-1])] = (
            variable.get_value() if isinstance(variable, nnx.Variable) else variable
        )
    return found


def numbers(model: nnx.Module) -> dict:
    """The numbers of an NNX model by Linen's collections."""
    return {"params": short(nnx.state(model, nnx.Param)), "batch_stats": short(nnx.state(model, nnx.BatchStat))}


@nnx.jit
def run(model: nnx.Module, x: jax.Array) -> jax.Array:
    """What an NNX model computes in eval mode."""
    return model(x)


def apply(model: nn.Module, variables: dict, x: jax.Array) -> jax.Array:
    """What a Linen model computes in eval mode."""
    return jax.jit(model.apply)(variables, x)


def collections(model: nn.Module, x: jax.Array) -> Any:
    """The shapes of the variables that a Linen model asks for."""
    keys = {"params": jax.random.key(0), "dropout": jax.random.key(1)}
    return jax.eval_shape(model.init, keys, x)


def apply_train(model: nn.Module, variables: dict, x: jax.Array) -> Any:
    """The statistics after a Linen model has seen x in train mode."""

    def step(variables: dict, x: jax.Array, key: jax.Array) -> Any:
        return model.apply(variables, x, train=True, mutable=["batch_stats"], rngs={"dropout": key})[1]

    return jax.jit(step)(variables, x, jax.random.key(0))


def run_train(wrapped: nnx.Module, x: jax.Array) -> dict:
    """The statistics after a wrapped Linen model has seen x in train mode."""
    wrapped(x, train=True, mutable=["batch_stats"])
    return {"batch_stats": short(nnx.state(wrapped, nnx.BatchStat))}


@nnx.jit
def grads(model: nnx.Module, x: jax.Array, y: jax.Array) -> dict:
    """The gradients of the mean squared error in eval mode, for all Params."""
    return short(nnx.grad(lambda model: jnp.mean((model(x) - y) ** 2))(model))
