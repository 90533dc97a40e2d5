"""NNX raises an error because the layers are in a plain Python container, such
as a list. It takes that for a setting of the module and finds weights in it.
`nnx.List` is what PyTorch calls a ModuleList: self.layers = nnx.List([...]).
"""

from itertools import pairwise

import jax.numpy as jnp
import optax
from flax import nnx


class MLP(nnx.Module):
    def __init__(self, sizes, rngs):
        self.layers = [nnx.Linear(m, n, rngs=rngs) for m, n in pairwise(sizes)]

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

    @nnx.jit
    def step(model, optimizer, x, y):
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, grads)
        return loss

    return jnp.stack([step(model, optimizer, x, y) for x, y in batches])
