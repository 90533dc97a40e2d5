"""The bridge knows which collection belongs to which kind; it converts whole
trees.
"""

import copy

import flax.linen as nn
from flax import nnx
from flax.nnx import bridge


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
    new = copy.deepcopy(model)
    for path, variable in nnx.to_flat_state(nnx.state(new, (nnx.Param, nnx.BatchStat))):
        found = variables["params" if isinstance(variable, nnx.Param) else "batch_stats"]
        for name in path:
            found = found[name]
        variable[...] = found
    return new


def linen_variables(model):
    state = nnx.state(model, nnx.Not(nnx.RngState))
    return bridge.variables.nnx_attrs_to_linen_vars(dict(state))


def wrap_linen(model, variables, x, rngs):
    wrapped = bridge.ToNNX(model, rngs=rngs)
    for name, layer in bridge.variables.linen_vars_to_nnx_attrs(variables).items():
        setattr(wrapped, name, nnx.data(layer))
    return wrapped


def wrap_nnx(module, *sizes):
    *inner, output_dim = sizes
    return bridge.to_linen(module, *inner, output_dim=output_dim)
