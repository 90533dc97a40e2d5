"""Names of PyTorch and of NNX in a table."""

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
    for key, array in state_dict.items():
        _, number, name = key.split(".")
        array = jnp.array(array.T) if name == "weight" else jnp.array(array)
        setattr(model.layers[int(number)], {"weight": "kernel", "bias": "bias"}[name], array)


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
