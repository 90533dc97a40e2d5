from typing import Any

import flax.linen as nn
import jax
from flax import nnx


class LinenNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        x = nn.Dropout(0.5, deterministic=not train)(nn.tanh(x))
        return nn.Dense(self.output_dim, name="fc2")(x)


class NNXNet(nnx.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int, rngs: nnx.Rngs):
        self.fc1 = nnx.Linear(in_dim, hidden, rngs=rngs)
        self.bn = nnx.BatchNorm(hidden, momentum=0.9, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)
        self.fc2 = nnx.Linear(hidden, output_dim, rngs=rngs)

    def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
        x = self.bn(self.fc1(x), use_running_average=not train)
        return self.fc2(self.dropout(nnx.tanh(x), deterministic=not train))


def from_linen(model: nnx.Module, variables: Any) -> nnx.Module:
    graphdef, _, _, rngs = nnx.split(model, nnx.Param, nnx.BatchStat, nnx.RngState)
    return nnx.merge(graphdef, variables["params"], variables.get("batch_stats", {}), rngs)


def linen_variables(model: nnx.Module) -> dict[str, Any]:
    kinds = {"params": nnx.Param, "batch_stats": nnx.BatchStat}
    dicts = {name: nnx.to_pure_dict(nnx.state(model, kind)) for name, kind in kinds.items()}
    return jax.tree.map(jax.numpy.asarray, dicts)


def wrap_linen(model: nn.Module, variables: Any, x: jax.Array, rngs: nnx.Rngs) -> nnx.Module:
    wrapped = nnx.bridge.lazy_init(nnx.bridge.ToNNX(model, rngs=rngs), x)
    nnx.update(wrapped, *variables.values())
    return wrapped


def wrap_nnx(module: type[nnx.Module], *sizes: int) -> nn.Module:
    return nnx.bridge.to_linen(module, *sizes)
