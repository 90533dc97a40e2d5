"""What runs beside the learner's code for 10.6 resnet_port."""

from collections.abc import Callable
from typing import Any

import flax.linen as nn
import jax
from flax import traverse_util


def compiled(model: nn.Module) -> Callable:
    """`applied`, under jax.jit."""
    return jax.jit(applied(model, ["intermediates"]))


def applied(model: nn.Module, mutable: Any = True) -> Callable:
    """What the model computes, and what each of its modules does. Without
    jax.jit, each operation of many equal blocks is compiled once.
    """

    def apply(variables: Any, x: jax.Array) -> list:
        y, state = model.apply(variables, x, capture_intermediates=True, mutable=mutable)
        found = traverse_util.flatten_dict(dict(state["intermediates"]), sep="/")
        outputs = {name.removesuffix("__call__").rstrip("/"): jax.tree.leaves(value) for name, value in found.items()}
        return [y, {name: leaves[0] for name, leaves in outputs.items() if name and leaves}]

    return apply


def made(model: nn.Module, x: jax.Array) -> Any:
    """The shapes of what `init` makes."""
    return jax.eval_shape(model.init, jax.random.key(0), x)


def shapes(variables: Any) -> Any:
    """A shape and a dtype instead of every array."""
    return jax.eval_shape(lambda: variables)


def keep(thing: Any) -> Any:
    """Return what was sent, as an object that stays here."""
    return thing
