"""`MLP` is right with two or more layers, and wrong with one: its only layer is
computed twice, as the first and as the last. Usually layers[0] and layers[-1]
are called by number, with a loop over those between. Walk over
`self.layers[:-1]`, with tanh after each, and then call the last.
"""

from itertools import pairwise

import jax.numpy as jnp
import optax
from flax import nnx


class MLP(nnx.Module):
    def __init__(self, sizes, rngs):
        self.layers = nnx.List([nnx.Linear(m, n, rngs=rngs) for m, n in pairwise(sizes)])

    def __call__(self, x):
        x = nnx.tanh(self.layers[0](x))
        for layer in self.layers[1:-1]:
            x = nnx.tanh(layer(x))
        return self.layers[-1](x)


def load_torch(model, state_dict):
    for i, layer in enumerate(model.layers):
        layer.kernel[...] = jnp.asarray(state_dict[f"layers.{i}.weight"].T)
        layer.bias[...] = jnp.asarray(state_dict[f"layers.{i}.bias"])


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
