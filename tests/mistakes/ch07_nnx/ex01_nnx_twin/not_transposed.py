"""A kernel is filled from PyTorch's weight, (out, in), without a transposition.
A kernel is (in, out): put in the transpose, `weight.T`. `kernel[...] = array`
raises an error for a different shape, but nothing notices a square weight, or
one that was reshaped; and `nnx.update`, `set_value` and a new `nnx.Param`
accept any shape.
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
        layer.kernel[...] = jnp.asarray(state_dict[f"layers.{i}.weight"])
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
