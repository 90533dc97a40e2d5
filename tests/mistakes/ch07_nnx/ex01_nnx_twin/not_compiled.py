"""Every step runs the Python code of the model again. Either nothing is
compiled, or the function that is given to `nnx.jit` is a new one in each step.
Compile one step before the loop, and call that.
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
        layer.kernel[...] = jnp.asarray(state_dict[f"layers.{i}.weight"].T)
        layer.bias[...] = jnp.asarray(state_dict[f"layers.{i}.bias"])


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def train(model, batches, lr, momentum):
    optimizer = nnx.Optimizer(model, optax.sgd(lr, momentum), wrt=nnx.Param)
    losses = []
    for x, y in batches:
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, grads)
        losses.append(loss)
    return losses
