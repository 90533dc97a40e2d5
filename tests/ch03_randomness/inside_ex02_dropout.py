"""What runs beside the learner's code for 3.2 dropout."""

from collections.abc import Callable
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class Net(nn.Module):
    """A correct FlaxNet, so that `train_apply` and `eval_apply` can be checked
    by themselves.
    """

    hidden: int
    output_dim: int
    rate: float

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        x = nn.Dropout(self.rate, deterministic=not train)(x)
        return nn.Dense(self.output_dim, name="fc2")(x)


class Deep(nn.Module):
    """A network with two Dropouts, whose layers and fields have other names. It
    subtracts a mean that is not a param, and in train mode it also adds noise
    to x.
    """

    width: int
    outputs: int
    drop: float

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        x = x - self.variable("constants", "mean", jnp.zeros, x.shape[-1:]).value
        if train:
            x = x + 0.1 * jax.random.normal(self.make_rng("dropout"), x.shape)
        for name in ("first", "second"):
            x = nn.tanh(nn.Dense(self.width, name=name)(x))
            x = nn.Dropout(self.drop, deterministic=not train)(x)
        return nn.Dense(self.outputs, name="head")(x)


def train(model: nn.Module, variables: Any, x: jax.Array, key: jax.Array) -> jax.Array:
    """The output in train mode."""
    return model.apply(variables, x, True, rngs={"dropout": key})


def evaluate(model: nn.Module, variables: Any, x: jax.Array) -> jax.Array:
    """The output in eval mode; it needs no key."""
    return model.apply(variables, x, False)


def evaluate_with_key(model: nn.Module, variables: Any, x: jax.Array, key: jax.Array) -> jax.Array:
    """The output in eval mode, where a loop passes the key in both modes."""
    return model.apply(variables, x, False, rngs={"dropout": key})


def kept(tree: Any) -> Any:
    """The tree itself, to be passed more than once."""
    return tree


def replace(variables: Any, layer: str, kernel: Any, bias: Any) -> None:
    """Write a layer's new weights into the dict that holds the old ones."""
    variables["params"][layer].update(kernel=kernel, bias=bias)


def goes_directly(train_apply: Callable, model: nn.Module, variables: Any, x: jax.Array, key: jax.Array) -> bool:
    """Whether `train_apply` can be traced without the step's value, and has no
    loop that runs until it reaches the step.
    """
    try:
        return "while[" not in str(jax.make_jaxpr(train_apply, static_argnums=0)(model, variables, x, key, 6))
    except Exception:  # it is called elsewhere too, and its error is shown there
        return False
