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
    graphdef, _, _, rest = nnx.split(model, nnx.Param, nnx.BatchStat, ...)
    return nnx.merge(graphdef, variables["params"], variables.get("batch_stats", {}), rest)


def linen_variables(model: nnx.Module) -> dict[str, Any]:
    _, params, stats, _ = nnx.split(model, nnx.Param, nnx.BatchStat, ...)
    return {"params": nnx.to_pure_dict(params), "batch_stats": nnx.to_pure_dict(stats)}


class Wrapped(nnx.Module):
    def __init__(self, model: nn.Module, variables: Any, rngs: nnx.Rngs):
        self.model = model
        self.variables = nnx.data(jax.tree.map(nnx.Variable, dict(variables)))
        self.rngs = rngs.fork()

    def __call__(self, *args: Any, mutable: Any = False, **kwargs: Any) -> Any:
        is_variable = lambda leaf: isinstance(leaf, nnx.Variable)  # noqa: E731
        variables = jax.tree.map(lambda v: v[...], self.variables, is_leaf=is_variable)
        keys = {"dropout": self.rngs()}
        if not mutable:
            return self.model.apply(variables, *args, rngs=keys, **kwargs)
        y, new = self.model.apply(variables, *args, rngs=keys, mutable=mutable, **kwargs)
        for collection in new:
            self.variables[collection] = jax.tree.map(nnx.Variable, new[collection])
        return y


def wrap_linen(model: nn.Module, variables: Any, x: jax.Array, rngs: nnx.Rngs) -> nnx.Module:
    return Wrapped(model, variables, rngs)


def wrap_nnx(module: type[nnx.Module], *sizes: int) -> nn.Module:
    return nnx.bridge.to_linen(module, *sizes)
