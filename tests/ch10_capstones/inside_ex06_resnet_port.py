"""What runs beside the learner's code for 10.6 resnet_port."""

from typing import Any

import flax.linen as nn
import jax


def logits(model: nn.Module, variables: Any, x: jax.Array) -> jax.Array:
    """What the model computes, under jax.jit."""
    return jax.jit(model.apply)(variables, x)


def logits_step_by_step(model: nn.Module, variables: Any, x: jax.Array) -> jax.Array:
    """The same without jax.jit: for many equal blocks, each operation is
    compiled once.
    """
    return model.apply(variables, x)


def made(model: nn.Module, x: jax.Array) -> Any:
    """The shapes of what `init` makes."""
    return jax.eval_shape(model.init, jax.random.key(0), x)


def shapes(variables: Any) -> Any:
    """A shape and a dtype instead of every array."""
    return jax.eval_shape(lambda: variables)


def keep(thing: Any) -> Any:
    """Return what was sent, as an object that stays here."""
    return thing
