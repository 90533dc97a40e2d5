from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx


class MLP(nnx.Module):
    def __init__(self, sizes: tuple[int, ...], rngs: nnx.Rngs):
        self.layers = nnx.List([nnx.Linear(m, n, rngs=rngs) for m, n in pairwise(sizes)])
        self.output_dim = sizes[-1]

    def __call__(self, x: jax.Array) -> jax.Array:
        for layer in self.layers:
            x = layer(x)
            if layer.out_features != self.output_dim:
                x = nnx.tanh(x)
        return x


def load_torch(model: nnx.Module, state_dict: dict[str, np.ndarray]) -> None:
    for i, layer in enumerate(model.layers):
        weight = state_dict[f"layers.{i}.weight"]
        bias = state_dict[f"layers.{i}.bias"]
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
