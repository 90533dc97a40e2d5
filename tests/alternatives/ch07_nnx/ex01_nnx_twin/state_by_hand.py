"""No nnx.Optimizer: optax on the state of the Params, and an SGD written
out.
"""

from itertools import pairwise

import jax
import jax.numpy as jnp
from flax import nnx


class MLP(nnx.Module):
    def __init__(self, sizes, rngs):
        self.layers = nnx.List()
        for m, n in pairwise(sizes):
            self.layers.append(nnx.Linear(m, n, rngs=rngs))

    def __call__(self, x):
        for i, layer in enumerate(self.layers):
            x = layer(jnp.tanh(x) if i else x)
        return x


def load_torch(model, state_dict):
    for i in range(len(model.layers)):
        model.layers[i].kernel.set_value(jnp.asarray(state_dict[f"layers.{i}.weight"]).T)
        model.layers[i].bias.set_value(jnp.asarray(state_dict[f"layers.{i}.bias"]))


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def train(model, batches, lr, momentum):
    velocity = jax.tree.map(jnp.zeros_like, nnx.state(model, nnx.Param))

    @nnx.jit
    def step(model, velocity, x, y):
        loss, grads = jax.value_and_grad(mse)(model, x, y)  # grads are an MLP too
        grads = nnx.state(grads, nnx.Param)
        velocity = jax.tree.map(lambda v, g: momentum * v + g, velocity, grads)
        nnx.update(model, jax.tree.map(lambda p, v: p - lr * v, nnx.state(model, nnx.Param), velocity))
        return loss, velocity

    losses = []
    for x, y in batches:
        loss, velocity = step(model, velocity, x, y)
        losses.append(loss)
    return jnp.array(losses)
