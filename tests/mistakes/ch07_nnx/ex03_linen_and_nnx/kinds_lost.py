"""The module that `wrap_linen` returns computes the right numbers, but
`nnx.grad` finds no parameters in it. Usually a wrapper was written by hand that
holds each number in an `nnx.Variable`, which is of no kind. Make the params
`nnx.Param`s and the statistics `nnx.BatchStat`s, as `nnx.bridge.ToNNX` does.
"""

import flax.linen as nn
import jax
from flax import nnx


class LinenNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train=False):
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        x = nn.Dropout(0.5, deterministic=not train)(nn.tanh(x))
        return nn.Dense(self.output_dim, name="fc2")(x)


class NNXNet(nnx.Module):
    def __init__(self, in_dim, hidden, output_dim, rngs):
        self.fc1 = nnx.Linear(in_dim, hidden, rngs=rngs)
        self.bn = nnx.BatchNorm(hidden, momentum=0.9, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)
        self.fc2 = nnx.Linear(hidden, output_dim, rngs=rngs)

    def __call__(self, x, train=False):
        x = self.bn(self.fc1(x), use_running_average=not train)
        return self.fc2(self.dropout(nnx.tanh(x), deterministic=not train))


def from_linen(model, variables):
    graphdef, _, _, rest = nnx.split(model, nnx.Param, nnx.BatchStat, ...)
    return nnx.merge(graphdef, variables["params"], variables["batch_stats"], rest)


def linen_variables(model):
    _, params, stats, _ = nnx.split(model, nnx.Param, nnx.BatchStat, ...)
    return {"params": nnx.to_pure_dict(params), "batch_stats": nnx.to_pure_dict(stats)}


class Wrapped(nnx.Module):
    def __init__(self, model, variables, rngs):
        self.model, self.rngs = model, rngs
        self.variables = nnx.data(jax.tree.map(nnx.Variable, dict(variables)))

    def __call__(self, x, mutable=False, **how):
        variables = jax.tree.map(lambda v: v[...], self.variables, is_leaf=lambda v: isinstance(v, nnx.Variable))
        out = self.model.apply(variables, x, rngs={"dropout": self.rngs.dropout()}, mutable=mutable, **how)
        if not mutable:
            return out
        for name, collection in out[1].items():
            self.variables[name] = jax.tree.map(nnx.Variable, collection)
        return out[0]


def wrap_linen(model, variables, x, rngs):
    return Wrapped(model, variables, rngs)


def wrap_nnx(module, *sizes):
    return nnx.bridge.to_linen(module, *sizes)
