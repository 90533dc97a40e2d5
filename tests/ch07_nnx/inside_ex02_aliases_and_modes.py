"""What runs beside the learner's code for 7.2 aliases_and_modes."""

import functools
import math
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx


class Net(nnx.Module):
    """TorchNet in NNX."""

    def __init__(self, in_dim: int, hidden: int, output_dim: int, rngs: nnx.Rngs):
        self.fc1 = nnx.Linear(in_dim, hidden, rngs=rngs)
        self.bn = nnx.BatchNorm(hidden, momentum=0.9, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)
        self.fc2 = nnx.Linear(hidden, output_dim, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.fc2(self.dropout(nnx.tanh(self.bn(self.fc1(x)))))


class Nested(nnx.Module):
    """A Net in a network."""

    def __init__(self, in_dim: int, hidden: int, output_dim: int, rngs: nnx.Rngs):
        self.body = Net(in_dim, hidden, hidden, rngs)
        self.head = nnx.Linear(hidden, output_dim, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.head(self.body(x))


def net(sizes: tuple, numbers: dict) -> nnx.Module:
    """A Net or a Nested with these numbers, in train mode."""
    model = nnx.clone(_made(Nested if "body" in numbers else Net, sizes))
    fill(model, numbers)
    return model


@functools.cache
def _made(kind: type, sizes: tuple) -> nnx.Module:
    """What each model is a copy of: to draw weights takes longer."""
    return kind(*sizes, nnx.Rngs(0))


def linear(numbers: dict) -> nnx.Linear:
    """A module that has no modes."""
    layer = nnx.eval_shape(lambda: nnx.Linear(*numbers["kernel"].shape, rngs=nnx.Rngs(0)))
    fill(layer, numbers)
    return layer


def batchnorm(numbers: dict) -> nnx.BatchNorm:
    """A module that has one of the two modes."""
    size = numbers["scale"].shape[0]
    layer = nnx.eval_shape(lambda: nnx.BatchNorm(size, momentum=0.9, rngs=nnx.Rngs(0)))
    fill(layer, numbers)
    return layer


def dropout(numbers: dict) -> nnx.Dropout:
    """A module that has the other, and no numbers."""
    return nnx.Dropout(0.5, rngs=nnx.Rngs(0))


def _identity(key: jax.Array, shape: tuple, dtype: Any, **_: Any) -> jax.Array:
    """An identity matrix of as many elements."""
    return jnp.eye(math.isqrt(math.prod(shape)), dtype=dtype).reshape(shape)


def attention(numbers: dict) -> nnx.MultiHeadAttention:
    """A layer that drops attention weights itself, and projects nothing."""
    return nnx.MultiHeadAttention(
        1, 4, dropout_rate=0.5, kernel_init=_identity, decode=False, deterministic=False, rngs=nnx.Rngs(0)
    )


class Seen(nnx.Variable):
    """A kind of its own."""


class Own(nnx.Module):
    """A layer with Variables of other names, kinds and dtypes."""

    def __init__(self, numbers: dict):
        kinds = {"embedding": nnx.Param, "scale": nnx.LoRAParam, "bias": nnx.Param, "steps": nnx.BatchStat, "seen": Seen}
        for name, kind in kinds.items():
            setattr(self, name, kind(numbers[name]))

    def __call__(self, x: jax.Array) -> jax.Array:
        return x * self.scale + self.seen.sum()


def own(numbers: dict) -> Own:
    return Own(numbers)


def variables(model: nnx.Module) -> dict:
    """All Variables of a module, of any kind."""
    return nnx.to_pure_dict(nnx.state(model))


def fill(model: nnx.Module, numbers: dict) -> None:
    """Write numbers into the model's Variables, as training does."""
    nnx.update(model, numbers)


def numbers(model: nnx.Module) -> dict:
    """The parameters and the running statistics."""
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def everything(model: nnx.Module) -> dict:
    """The numbers, and how often Dropout's generators have been drawn from."""
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat, nnx.RngCount)))


def arrays(tree: Any, without: str = "") -> Any:
    """A snapshot with the arrays taken out of their Variables now, and without
    the entries of one name.
    """
    if isinstance(tree, Mapping):
        return {key: arrays(value, without) for key, value in tree.items() if key != without}
    return tree.get_value() if isinstance(tree, nnx.Variable) else tree


def modes(model: nnx.Module) -> dict:
    """Whether the two layers of a Net, or of the one in a Nested, that have a
    mode are in eval mode.
    """
    net = getattr(model, "body", model)
    return {"bn": bool(net.bn.use_running_average), "dropout": bool(net.dropout.deterministic)}


def settings(layer: nnx.Module) -> list[bool]:
    """The settings that `eval` sets, as far as a layer has them."""
    return [bool(getattr(layer, name)) for name in ("deterministic", "use_running_average") if hasattr(layer, name)]


def draw(model: nnx.Module) -> None:
    """Draw as Dropout does."""
    model.dropout.rngs()


def set_modes(model: nnx.Module, bn: bool, dropout: bool) -> None:
    """Put each of a Net's two layers that have a mode into eval mode, or
    not.
    """
    model.bn.use_running_average, model.dropout.deterministic = bn, dropout


def to_eval(model: nnx.Module) -> None:
    model.eval()


def to_train(model: nnx.Module) -> None:
    model.train()


@nnx.jit
def call(model: nnx.Module, x: jax.Array) -> jax.Array:
    """What the module computes in its current mode."""
    return model(x)
