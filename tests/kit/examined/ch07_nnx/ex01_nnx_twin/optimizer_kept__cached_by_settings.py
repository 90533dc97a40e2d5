"""The optimizer of earlier settings goes on with its velocity."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx


class MLP(nnx.Module):
    """TorchMLP in NNX: `layers[0]`, `layers[1]`, ... are `nnx.Linear`s."""

    def __init__(self, sizes: tuple[int, ...], rngs: nnx.Rngs):
        """sizes: those of the input, each hidden layer, and the output."""
        self.layers = nnx.List([nnx.Linear(m, n, rngs=rngs) for m, n in pairwise(sizes)])

    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, sizes[0]). Returns (batch, sizes[-1])."""
        *hidden, last = self.layers
        for layer in hidden:
            x = nnx.tanh(layer(x))
        return last(x)


def load_torch(model: nnx.Module, state_dict: dict[str, np.ndarray]) -> None:
    """Load the weights of a TorchMLP into an MLP of the same sizes, in place.

    model: has weights already, which are replaced.
    state_dict: "layers.0.weight" (out, in), "layers.0.bias" (out,), and so on,
        all float32. It stays as it is.
    Afterwards, the model's `nnx.Param`s hold float32 `jax.Array`s.
    """
    for i, layer in enumerate(model.layers):
        layer.kernel[...] = jnp.asarray(state_dict[f"layers.{i}.weight"].T)
        layer.bias[...] = jnp.asarray(state_dict[f"layers.{i}.bias"])


def mse(model: nnx.Module, x: jax.Array, y: jax.Array) -> jax.Array:
    """The loss of one batch: float32 ()."""
    return jnp.mean((model(x) - y) ** 2)


_optimizers = {}


@nnx.jit
def step(model, optimizer, x, y):
    loss, grads = nnx.value_and_grad(mse)(model, x, y)
    optimizer.update(model, grads)
    return loss


def train(model, batches, lr, momentum):
    key = id(model), lr, momentum
    if key not in _optimizers:
        _optimizers[key] = nnx.Optimizer(model, optax.sgd(lr, momentum), wrt=nnx.Param)
    return [step(model, _optimizers[key], x, y) for x, y in batches]
