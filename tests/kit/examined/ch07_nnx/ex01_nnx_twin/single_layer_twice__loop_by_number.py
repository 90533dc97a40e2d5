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
        x = jnp.tanh(self.layers[0](x))
        for i in range(1, len(self.layers) - 1):
            x = jnp.tanh(self.layers[i](x))
        return self.layers[-1](x)


def load_torch(model: nnx.Module, state_dict: dict[str, np.ndarray]) -> None:
    """Load the weights of a TorchMLP into an MLP of the same sizes, in place.

    model: has weights already, which are replaced.
    state_dict: "layers.0.weight" (out, in), "layers.0.bias" (out,), and so on,
        all float32. It stays as it is.
    Afterwards, the model's `nnx.Param`s hold float32 `jax.Array`s.
    """
    for i, layer in enumerate(model.layers):
        layer.kernel[...] = jnp.array(state_dict[f"layers.{i}.weight"].T)
        layer.bias[...] = jnp.array(state_dict[f"layers.{i}.bias"])


def mse(model: nnx.Module, x: jax.Array, y: jax.Array) -> jax.Array:
    """The loss of one batch: float32 ()."""
    return jnp.mean((model(x) - y) ** 2)


def train(
    model: nnx.Module, batches: list[tuple[jax.Array, jax.Array]], lr: float, momentum: float
) -> jax.Array | list[jax.Array]:
    """Train `model` in place, one step of SGD per batch (x, y).

    Returns the losses, float32 (len(batches),) or a list of that length:
    losses[i] is the loss of batch i before step i. Compile the step once.
    Each call begins with a fresh optimizer, as torch_train does. `batches`
    stays as it is.
    """
    optimizer = nnx.Optimizer(model, optax.sgd(lr, momentum), wrt=nnx.Param)

    @nnx.jit
    def step(model, optimizer, x, y):
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, grads)
        return loss

    return [step(model, optimizer, x, y) for x, y in batches]
