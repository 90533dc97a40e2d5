"""7.1 nnx_twin: Flax NNX, where a module holds its weights

So far you have used Linen, the API that most Flax code is written in. Flax
also has a newer API, NNX, and recommends it to new users today. The front page
of its documentation, https://flax.readthedocs.io/en/latest/, says:

    Flax Linen API is not going to be deprecated in the near future as most of
    Flax users still rely on this API. However, new users are encouraged to use
    Flax NNX.

So write new models in NNX, and be able to read both; 7.3 goes from one to the
other. An `nnx.Module` is close to what you know from PyTorch:

    model = MLP((4, 6, 3), nnx.Rngs(0))      # has its weights from now on
    y = model(x)                             # no apply, no variables
    model.layers[0].bias[...] += 1           # in place, as in PyTorch

What is different:

  * `nnx.Linear(in_features, out_features, rngs=rngs)` needs a source of random
    numbers. `nnx.Rngs(seed)` is a generator that advances with each draw. The
    kernel is (in, out), as in Linen.
  * `nnx.List([...])` is PyTorch's ModuleList. A plain list of layers raises an
    error.
  * A parameter is an `nnx.Param`, a box with an array in it. `kernel[...]` is
    the array, and `kernel[...] = array` puts a new array into the box. Without
    the dots, `layer.kernel = array` replaces the box with the bare array. That
    raises no error, and the layer still computes the right output, but
    `nnx.grad` and the optimizer see only Params: this kernel is never trained
    again.
  * `jax.jit` calls your function with a copy of the module, and what you
    change in the copy is lost, again without an error. `nnx.jit` carries the
    changes back.

A full training step:

    optimizer = nnx.Optimizer(model, optax.sgd(lr, momentum), wrt=nnx.Param)

    loss, grads = nnx.value_and_grad(mse)(model, x, y)
    optimizer.update(model, grads)           # changes model and optimizer

The model comes first. `optimizer.update(grads, model)`, which is optax's
order, raises no error and does not train the model.

Older code has `nnx.Optimizer(model, tx)`, `optimizer.update(grads)` and
`kernel.value`. Since Flax 0.11 the first two raise an error; the third warns.

Write the module and the two functions.

After 1.3, 3.1 and 4.4. About 20 minutes.

https://flax.readthedocs.io/en/latest/nnx_basics.html
"""

# --- PyTorch ---
from itertools import pairwise

import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, sizes: tuple[int, ...]):
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(m, n) for m, n in pairwise(sizes)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        *hidden, last = self.layers
        for layer in hidden:
            x = torch.tanh(layer(x))
        return last(x)


def torch_train(model: TorchMLP, batches: list[tuple[torch.Tensor, torch.Tensor]], lr: float, momentum: float) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr, momentum)
    losses = []
    for x, y in batches:
        loss = torch.nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# --- JAX ---
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
        raise NotImplementedError("7.1 nnx_twin: your code here")

    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, sizes[0]). Returns (batch, sizes[-1])."""
        raise NotImplementedError("7.1 nnx_twin: your code here")


def load_torch(model: nnx.Module, state_dict: dict[str, np.ndarray]) -> None:
    """Load the weights of a TorchMLP into an MLP of the same sizes, in place.

    model: has weights already, which are replaced.
    state_dict: "layers.0.weight" (out, in), "layers.0.bias" (out,), and so on,
        in any order, all float32. It stays as it is.
    Afterwards, the model's `nnx.Param`s hold float32 `jax.Array`s.
    """
    raise NotImplementedError("7.1 nnx_twin: your code here")


def mse(model: nnx.Module, x: jax.Array, y: jax.Array) -> jax.Array:
    """The loss of one batch: float32 ()."""
    return jnp.mean((model(x) - y) ** 2)


def train(
    model: nnx.Module, batches: list[tuple[jax.Array, jax.Array]], lr: float, momentum: float
) -> jax.Array | list[jax.Array]:
    """Train `model` in place, one step of SGD per batch (x, y).

    Returns the losses, float32 (len(batches),) or a list of that length:
    losses[i] is the loss of batch i before step i. Compile the step once. Each
    call begins with a fresh optimizer, as torch_train does.
    batches: at least one; the last one may be smaller than the others. The list
        stays as it is.
    """
    raise NotImplementedError("7.1 nnx_twin: your code here")
