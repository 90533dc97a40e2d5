"""Modules of its own instead of the bridge, and variables as nested loops."""

import flax.linen as nn
import jax
import jax.numpy as jnp
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
    graphdef, state = nnx.split(model)
    new = nnx.merge(graphdef, state, copy=True)

    def put(module, tree):
        for name, value in tree.items():
            if isinstance(value, dict):
                put(getattr(module, name), value)
            else:
                getattr(module, name).set_value(jnp.array(value))

    for collection in variables.values():
        put(new, collection)
    return new


def linen_variables(model):
    def found(module, kind):
        tree = {}
        for name, value in vars(module).items():
            if isinstance(value, kind):
                tree[name] = value[...]
            elif isinstance(value, nnx.Module) and (inner := found(value, kind)):
                tree[name] = inner
        return tree

    return {"params": found(model, nnx.Param), "batch_stats": found(model, nnx.BatchStat)}


class Wrapped(nnx.Module):
    """A Linen model and its variables, in boxes."""

    def __init__(self, model, variables, rngs):
        self.model, self.rngs = model, rngs
        self.params = nnx.data(jax.tree.map(nnx.Param, variables["params"]))
        self.stats = nnx.data(jax.tree.map(nnx.BatchStat, variables["batch_stats"]))

    def __call__(self, x, train=False, mutable=False):
        def arrays(tree):
            return jax.tree.map(lambda v: v[...], tree, is_leaf=lambda v: isinstance(v, nnx.Variable))

        variables = {"params": arrays(self.params), "batch_stats": arrays(self.stats)}
        rngs, mode = ({"dropout": self.rngs.dropout()}, {"train": True}) if train else (None, {})
        y = self.model.apply(variables, x, **mode, mutable=mutable, rngs=rngs)
        if mutable:
            y, updates = y
            for layer, new in updates["batch_stats"].items():
                for name, array in new.items():
                    self.stats[layer][name][...] = array
        return y


def wrap_linen(model, variables, x, rngs):
    return Wrapped(model, variables, rngs)


def wrap_nnx(module, *sizes):
    return nnx.bridge.ToLinen(nnx_class=module, args=tuple(sizes))
