"""The weights of 12 layers went into the wrong layers, without an error, since
all have the same shape. Usually the names of `state_dict` were sorted: as text,
layers.10 comes before layers.2. Ask for each layer's weight by its own name,
f"layers.{i}.weight".
"""

from itertools import pairwise

import jax.numpy as jnp
import optax
from flax import nnx


class MLP(nnx.Module):
    def __init__(self, sizes, rngs):
        self.layers = nnx.List([nnx.Linear(m, n, rngs=rngs) for m, n in pairwise(sizes)])

    def __call__(self, x):
        *hidden, last = self.layers
        for layer in hidden:
            x = nnx.tanh(layer(x))
        return last(x)


def load_torch(model, state_dict):
    names = sorted(name for name in state_dict if name.endswith("weight"))
    for layer, name in zip(model.layers, names):
        layer.kernel[...] = jnp.asarray(state_dict[name].T)
        layer.bias[...] = jnp.asarray(state_dict[name.replace("weight", "bias")])


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def train(model, batches, lr, momentum):
    optimizer = nnx.Optimizer(model, optax.sgd(lr, momentum), wrt=nnx.Param)

    @nnx.jit
    def step(model, optimizer, x, y):
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, grads)
        return loss

    return jnp.stack([step(model, optimizer, x, y) for x, y in batches])
