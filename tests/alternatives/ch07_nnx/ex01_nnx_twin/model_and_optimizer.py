"""The optimizer that holds the model, as in Flax before 0.11; new Params in
place of the old.
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
    for i, layer in enumerate(model.layers):
        layer.kernel = nnx.Param(jnp.array(state_dict[f"layers.{i}.weight"]).T)
        layer.bias = nnx.Param(jnp.array(state_dict[f"layers.{i}.bias"]))


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


@nnx.jit
def step(optimizer, x, y):
    loss, grads = nnx.value_and_grad(mse)(optimizer.model, x, y)
    optimizer.update(grads)
    return loss


def train(model, batches, lr, momentum):
    optimizer = nnx.ModelAndOptimizer(model, optax.sgd(lr, momentum))
    return [step(optimizer, x, y) for x, y in batches]
