"""The model that `wrap_nnx` returns draws the same numbers whatever key `init`
is given. Usually it makes the module with a generator of its own.
`nnx.bridge.to_linen` makes `nnx.Rngs` from the keys.
"""

from typing import Any

import flax.linen as nn
import jax
from flax import nnx


class LinenNet(nn.Module):
    """TorchNet in Linen; its variables: {"params": ..., "batch_stats": ...}."""

    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        x = nn.Dropout(0.5, deterministic=not train)(nn.tanh(x))
        return nn.Dense(self.output_dim, name="fc2")(x)


class NNXNet(nnx.Module):
    """TorchNet in NNX; it takes its mode as an argument, as LinenNet does."""

    def __init__(self, in_dim: int, hidden: int, output_dim: int, rngs: nnx.Rngs):
        self.fc1 = nnx.Linear(in_dim, hidden, rngs=rngs)
        self.bn = nnx.BatchNorm(hidden, momentum=0.9, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)
        self.fc2 = nnx.Linear(hidden, output_dim, rngs=rngs)

    def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
        x = self.bn(self.fc1(x), use_running_average=not train)
        return self.fc2(self.dropout(nnx.tanh(x), deterministic=not train))


def from_linen(model: nnx.Module, variables: Any) -> nnx.Module:
    """A model like `model`, with the numbers of a Linen model.

    variables: {"params": ..., "batch_stats": ...}, as LinenNet's for NNXNet.
        They are not changed.
    `model` keeps its own numbers. The two may share Dropout's generator, unlike
    the copies of 7.2: then a draw of one moves the other's next mask.
    """
    graphdef, params, stats, rest = nnx.split(model, nnx.Param, nnx.BatchStat, ...)
    return nnx.merge(graphdef, variables["params"], variables["batch_stats"], rest)


def linen_variables(model: nnx.Module) -> dict[str, Any]:
    """The model's numbers as Linen's variables.

    {"params": ..., "batch_stats": ...}: dicts by the names in the model, which
    hold `jax.Array`s. The model stays as it is.
    """
    _, params, stats, _ = nnx.split(model, nnx.Param, nnx.BatchStat, ...)
    return {"params": nnx.to_pure_dict(params), "batch_stats": nnx.to_pure_dict(stats)}


def wrap_linen(model: nn.Module, variables: Any, x: jax.Array, rngs: nnx.Rngs) -> nnx.Module:
    """An NNX module that runs the Linen `model` and holds `variables`.

    x: an input of the right shape; its batch may have another size later.
    rngs: nnx.Rngs(seed), which Dropout draws from, other masks in each call.
    `nnx.grad` and `nnx.Optimizer` see its parameters like those of any NNX
    module. `variables` are not changed.
    """
    wrapped = nnx.bridge.lazy_init(nnx.bridge.ToNNX(model, rngs=rngs), x)
    nnx.update(wrapped, variables["params"], variables["batch_stats"])
    return wrapped


def wrap_nnx(module: type[nnx.Module], *sizes: int) -> nn.Module:
    """A Linen model that runs the NNX module `module(*sizes, rngs=...)`.

    Its variables have the module's names: {"params": {"fc1": ...}, ...}.
    """

    def make(*sizes: int) -> nnx.Module:
        return module(*sizes, rngs=nnx.Rngs(0))

    return nnx.bridge.to_linen(make, *sizes, skip_rng=True)
