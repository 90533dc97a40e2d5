"""What runs beside the learner's code for 7.3 linen_and_nnx."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax import nnx


class LinenNet(nn.Module):
    """The exercise's LinenNet."""

    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        x = nn.Dropout(0.5, deterministic=not train)(nn.tanh(x))
        return nn.Dense(self.output_dim, name="fc2")(x)


class NNXNet(nnx.Module):
    """The exercise's NNXNet."""

    def __init__(self, in_dim: int, hidden: int, output_dim: int, rngs: nnx.Rngs):
        self.fc1 = nnx.Linear(in_dim, hidden, rngs=rngs)
        self.bn = nnx.BatchNorm(hidden, momentum=0.9, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)
        self.fc2 = nnx.Linear(hidden, output_dim, rngs=rngs)

    def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
        x = self.bn(self.fc1(x), use_running_average=not train)
        return self.fc2(self.dropout(nnx.tanh(x), deterministic=not train))


class LinenBlock(nn.Module):
    """Two layers in a layer."""

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.BatchNorm(use_running_average=True, name="norm")(x)
        return nn.Dense(x.shape[-1], name="inner")(x)


class LinenSmall(nn.Module):
    """A Linen model with other layers than LinenNet, and without modes."""

    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = LinenBlock(name="block")(x) * self.param("gain", nn.initializers.ones, x.shape[-1:])
        self.sow("intermediates", "gained", x)
        return nn.Dense(self.output_dim, name="proj")(x)


class NNXBlock(nnx.Module):
    """The same in NNX."""

    def __init__(self, in_dim: int, rngs: nnx.Rngs):
        self.norm = nnx.BatchNorm(in_dim, use_running_average=True, rngs=rngs)
        self.inner = nnx.Linear(in_dim, in_dim, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.inner(self.norm(x))


class NNXSmall(nnx.Module):
    """The same in NNX. It has no generator."""

    def __init__(self, in_dim: int, output_dim: int, rngs: nnx.Rngs):
        self.block = NNXBlock(in_dim, rngs)
        self.gain = nnx.Param(jnp.ones(in_dim))
        self.proj = nnx.Linear(in_dim, output_dim, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.proj(self.block(x) * self.gain)


def made(module: Any, sizes: tuple) -> nnx.Module:
    """A new NNX model."""
    return module(*sizes, nnx.Rngs(0))


def fill(model: nnx.Module, variables: dict) -> None:
    """Write Linen's variables into an NNX model."""
    nnx.update(model, *variables.values())


def rngs(seed: int) -> nnx.Rngs:
    return nnx.Rngs(seed)


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
    kinds = {"params": nnx.Param, "batch_stats": nnx.BatchStat}
    return {name: nnx.to_pure_dict(nnx.state(model, kind)) for name, kind in kinds.items()}


def holds(wrapped: nnx.Module) -> dict:
    """All that an NNX model holds, by the paths, but its generators."""
    state = nnx.to_flat_state(nnx.state(wrapped, nnx.Not(nnx.RngState)))
    return {"/".join(map(str, path)): variable.get_value() for path, variable in state}


def modes(model: nnx.Module) -> list[bool]:
    """Whether the layers of an NNX model that have a mode are in eval mode."""
    names = ("deterministic", "use_running_average")
    return [bool(getattr(layer, name)) for _, layer in nnx.iter_modules(model) for name in names if hasattr(layer, name)]


@nnx.jit
def call(model: nnx.Module, x: jax.Array) -> jax.Array:
    """What an NNX model computes in eval mode."""
    return model(x)


def apply(model: nn.Module, variables: dict, x: jax.Array) -> jax.Array:
    """What a Linen model computes in eval mode."""
    return jax.jit(model.apply)(variables, x)


def init(model: nn.Module, x: jax.Array) -> Any:
    """The shapes of the variables that a Linen model asks for."""
    keys = {"params": jax.random.key(0), "dropout": jax.random.key(1)}
    return jax.eval_shape(model.init, keys, x)


def drawn(model: nn.Module, x: jax.Array, seed: int) -> jax.Array:
    """The kernel of `proj` that a Linen model draws with a key."""
    return jax.jit(model.init)(jax.random.key(seed), x)["params"]["proj"]["kernel"]


def apply_in_train_mode(model: nn.Module, variables: dict, x: jax.Array) -> Any:
    """The statistics after a Linen model has seen x in train mode."""

    def step(variables: dict, x: jax.Array, key: jax.Array) -> Any:
        return model.apply(variables, x, train=True, mutable=["batch_stats"], rngs={"dropout": key})[1]

    return jax.jit(step)(variables, x, jax.random.key(0))


def statistics(model: nnx.Module) -> dict:
    """The running statistics of an NNX model."""
    return {"batch_stats": short(nnx.state(model, nnx.BatchStat))}


def call_in_train_mode(wrapped: nnx.Module, x: jax.Array) -> jax.Array:
    """What a wrapped Linen model computes in train mode."""
    return wrapped(x, train=True, mutable=["batch_stats"])


@nnx.jit
def grads(model: nnx.Module, x: jax.Array, y: jax.Array) -> dict:
    """The gradients of the mean squared error in eval mode, for all Params."""
    return short(nnx.grad(lambda model: jnp.mean((model(x) - y) ** 2))(model))
