"""Numbers written into a clone; a state of each kind; the wrapper filled layer
by layer.
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
    new = nnx.clone(model)
    nnx.update(new, *variables.values())
    return new


def linen_variables(model):
    def arrays(kind):
        return jax.tree.map(lambda v: v[...], nnx.state(model, kind), is_leaf=lambda v: isinstance(v, nnx.Variable))

    return {"params": nnx.to_pure_dict(arrays(nnx.Param)), "batch_stats": nnx.to_pure_dict(arrays(nnx.BatchStat))}


def wrap_linen(model, variables, x, rngs):
    wrapped = nnx.bridge.ToNNX(model, rngs=rngs).lazy_init(x)

    def put(boxes, arrays):
        if isinstance(arrays, dict):
            for name, inner in arrays.items():
                put(boxes[name], inner)
        else:
            boxes[...] = arrays

    for collection in variables.values():
        put(vars(wrapped), collection)
    return wrapped


def wrap_nnx(module, *sizes):
    return nnx.bridge.ToLinen(module, args=sizes)
