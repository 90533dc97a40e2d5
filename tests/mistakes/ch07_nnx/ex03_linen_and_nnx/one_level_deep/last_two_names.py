import flax.linen as nn
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
    return nnx.merge(graphdef, variables["params"], variables.get("batch_stats", {}), rest)


def linen_variables(model):
    variables = {}
    for collection, kind in (("params", nnx.Param), ("batch_stats", nnx.BatchStat)):
        variables[collection] = {}
        for path, value in nnx.to_flat_state(nnx.state(model, kind)):
            layer, name = (*path[-2:],) if len(path) > 1 else ("", path[0])
            variables[collection].setdefault(layer, {})[name] = value[...]
    return variables


def wrap_linen(model, variables, x, rngs):
    wrapped = nnx.bridge.ToNNX(model, rngs=rngs)
    nnx.bridge.lazy_init(wrapped, x)
    nnx.update(wrapped, variables["params"], variables.get("batch_stats", {}))
    return wrapped


def wrap_nnx(module, *sizes: int):
    return nnx.bridge.to_linen(module, *sizes)
