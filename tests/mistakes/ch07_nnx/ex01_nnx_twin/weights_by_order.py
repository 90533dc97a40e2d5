"""With `state_dict` in a different order, `load_torch` puts arrays where they
do not belong, or raises an error. Usually they are taken one after another,
from `state_dict.values()`. Ask for each by its name, f"layers.{i}.weight".
"""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx


class MLP(nnx.Module):
    def __init__(self, sizes: tuple[int, ...], rngs: nnx.Rngs):
        self.layers = nnx.List([nnx.Linear(m, n, rngs=rngs) for m, n in pairwise(sizes)])

    def __call__(self, x: jax.Array) -> jax.Array:
        *hidden, last = self.layers
        for layer in hidden:
            x = nnx.tanh(layer(x))
        return last(x)


def load_torch(model: nnx.Module, state_dict: dict[str, np.ndarray]) -> None:
    values = iter(state_dict.values())
    for layer in model.layers:
        weight, bias = next(values), next(values)
        layer.kernel[...] = jnp.array(weight.T)
        layer.bias[...] = jnp.array(bias)


def mse(model: nnx.Module, x: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.mean((model(x) - y) ** 2)


def train(
    model: nnx.Module, batches: list[tuple[jax.Array, jax.Array]], lr: float, momentum: float
) -> jax.Array | list[jax.Array]:
    optimizer = nnx.Optimizer(model, optax.sgd(lr, momentum), wrt=nnx.Param)

    @nnx.jit
    def step(model, optimizer, x, y):
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, grads)
        return loss

    losses = []
    for x, y in batches:
        losses.append(step(model, optimizer, x, y))
    return losses
