"""The losses are PyTorch's, but `model` has its old weights afterwards: the
steps trained something else. Usually that is the state that `nnx.split` or
`nnx.state` returned, a clone, or a model that the step returned. Write the
result back after the loop, nnx.update(model, state), or train `model` itself
under `nnx.jit`.
"""

from itertools import pairwise

import jax
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
    tx = optax.sgd(lr, momentum)
    graphdef, params = nnx.split(model)
    state, losses = tx.init(params), []

    @jax.jit
    def step(params, state, x, y):
        loss, grads = jax.value_and_grad(lambda p: mse(nnx.merge(graphdef, p), x, y))(params)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    for x, y in batches:
        params, state, loss = step(params, state, x, y)
        losses.append(loss)
    return losses
