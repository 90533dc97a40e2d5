"""4.1 gradients: Gradients from a function, without backward()

PyTorch writes gradients into the parameters: `loss.backward()` adds to every
`p.grad`. So you call `zero_grad()` first, and two calls of `backward()` give
twice the gradients. JAX writes nothing anywhere. `jax.grad(f)` is a new
function. It takes what f takes and returns the gradients, shaped like f's first
argument: the same dict, with a gradient in place of each parameter. Nothing
accumulates, and there is nothing to zero.

`jax.value_and_grad(f)` returns (value, gradients). f must return one number or,
with `has_aux=True`, a pair (number, something else): here the loss and the
predictions. Then you get ((number, something else), gradients).

Write the two functions. FlaxMLP is given, and `params` is the "params" entry of
its variables. The checks also run `loss_and_grad` under `jax.jit`, with `model`
as a static argument, and give it a batch of one. Two traps:

  * FlaxMLP returns (batch, 1), and y is (batch,). Their difference has shape
    (batch, batch), and no error is raised. PyTorch does the same, but its
    `mse_loss` at least warns. The PyTorch section shows what to do.
  * `params` is a dict of dicts. `jax.tree.map(f, params, grads)` returns a new
    one with f(p, g) in place of each p and g. It writes nothing into the old
    one.

After 1.3 and 1.4. About 15 minutes.

https://docs.jax.dev/en/latest/_autosummary/jax.value_and_grad.html
"""

# --- PyTorch ---
import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(torch.tanh(self.fc1(x)))


def torch_loss(model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(loss, predictions); the gradients of the loss are then in `p.grad`."""
    predictions = model(x).squeeze(-1)
    loss = torch.nn.functional.mse_loss(predictions, y)
    model.zero_grad()
    loss.backward()
    return loss, predictions


def torch_sgd_step(model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, lr: float) -> None:
    """One step of gradient descent, as `torch.optim.SGD` takes it."""
    torch_loss(model, x, y)
    with torch.no_grad():
        for p in model.parameters():
            p -= lr * p.grad


# --- JAX ---
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    """in_dim -> hidden -> tanh -> 1; in_dim comes from the input."""

    hidden: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(1, name="fc2")(x)


def loss_and_grad(model: nn.Module, params: Any, x: jax.Array, y: jax.Array) -> tuple[tuple[jax.Array, jax.Array], Any]:
    """((loss, predictions), gradients): the loss is the mean squared error, the
    gradients are with respect to params.

    params: {"fc1": {"kernel", "bias"}, "fc2": {...}}, float32; they stay as
    they are. x: float32 (batch, in_dim); y: float32 (batch,), even around 1000.
    Returns the loss as a float32 `jax.Array` of shape (), the predictions as
    float32 (batch,), and the gradients shaped like params.
    """

    # <solution>
    # The parameters come first: jax.grad differentiates by the first argument.
    def loss_fn(params):
        predictions = model.apply({"params": params}, x).squeeze(-1)
        return jnp.mean((predictions - y) ** 2), predictions

    return jax.value_and_grad(loss_fn, has_aux=True)(params)
    # </solution>


def sgd_step(params: Any, grads: Any, lr: float) -> Any:
    """New parameters after one step of gradient descent.

    params: a dict of layers, each a dict of float32 arrays; any number of
    layers and arrays, even none, with any names, even with dots. grads: shaped
    like params, with the names in alphabetical order, as `jax.grad` returns
    them. Both arguments stay as they are.
    """
    # <solution>
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
    # </solution>
