"""A pure step under jax.jit; the model is taken apart before and updated after
the loop.
"""

from itertools import pairwise

import jax
import jax.numpy as jnp
import optax
from flax import nnx


class MLP(nnx.Module):
    def __init__(self, sizes, rngs):
        self.layers = nnx.data([nnx.Linear(m, n, rngs=rngs) for m, n in pairwise(sizes)])

    def __call__(self, x):
        for layer in self.layers[:-1]:
            x = jnp.tanh(layer(x))
        return self.layers[-1](x)


def load_torch(model, state_dict):
    layers = {}
    for key, array in state_dict.items():
        _, i, name = key.split(".")
        new = {"kernel": jnp.asarray(array.T)} if name == "weight" else {"bias": jnp.asarray(array)}
        layers.setdefault(int(i), {}).update(new)
    nnx.update(model, {"layers": layers})


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def train(model, batches, lr, momentum):
    tx = optax.sgd(lr, momentum)
    graphdef, params, rest = nnx.split(model, nnx.Param, ...)
    state, losses = tx.init(params), []

    @jax.jit
    def step(params, rest, state, x, y):
        loss, grads = jax.value_and_grad(lambda p: mse(nnx.merge(graphdef, p, rest), x, y))(params)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    for x, y in batches:
        params, state, loss = step(params, rest, state, x, y)
        losses.append(loss)
    nnx.update(model, params)
    return losses
