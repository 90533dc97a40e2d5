"""4.1 gradients: Gradients from a function, without backward()

PyTorch writes gradients into the parameters: `loss.backward()` adds to every
`p.grad`, so you call `zero_grad()` first, and with two calls of `backward()`
you have twice the gradients. JAX writes nothing anywhere. `jax.grad(f)` is a
new function; it takes what f takes and returns the gradients, shaped like f's
first argument: the same dict, with a gradient where a parameter was. Nothing
adds up, and there is nothing to zero.

`jax.value_and_grad(f)` returns (value, gradients). f must return one number;
where it returns (number, something else), as here the loss and the predictions,
say `has_aux=True`, and you get ((number, something else), gradients).

Write the two functions. FlaxMLP is given, and `params` is what stands under
"params" in its variables. Two traps:

  * FlaxMLP returns (batch, 1), and y is (batch,). Their difference is (batch,
  batch), and no error is raised. That is so
    in PyTorch too, where `mse_loss` at least warns. The PyTorch section shows
    what to do.
  * `params` is a dict of dicts. `jax.tree.map(f, params, grads)` makes a new
  one, in which f(p, g) stands where p and g
    stood. Nothing is written into the old one.

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
    """The loss, whose gradients are then in `p.grad`, and the predictions."""
    predictions = model(x).squeeze(-1)
    loss = torch.nn.functional.mse_loss(predictions, y)
    model.zero_grad()
    loss.backward()
    return loss, predictions


def torch_sgd_step(model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, lr: float) -> None:
    """One step of gradient descent, as torch.optim.SGD(model.parameters(), lr)
    does it.
    """
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
    """in_dim -> hidden -> tanh -> 1; in_dim is seen from the input."""

    hidden: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(1, name="fc2")(x)


def loss_and_grad(model: nn.Module, params: Any, x: jax.Array, y: jax.Array) -> tuple[tuple[jax.Array, jax.Array], Any]:
    """((loss, predictions), gradients): the mean squared error, and its
    gradients with respect to params.

    params: {"fc1": {"kernel", "bias"}, "fc2": {...}}, float32; x: float32
    (batch, in_dim); y: float32 (batch,).
    The loss is a float32 `jax.Array` of shape (), predictions are float32
    (batch,), gradients are shaped like params.
    """

    # <solution>
    # The loss is a function of the parameters first: jax.grad differentiates by the first argument.
    def loss_fn(params):
        predictions = model.apply({"params": params}, x).squeeze(-1)
        return jnp.mean((predictions - y) ** 2), predictions

    return jax.value_and_grad(loss_fn, has_aux=True)(params)
    # </solution>


def sgd_step(params: Any, grads: Any, lr: float) -> Any:
    """New parameters after one step of gradient descent; `params` stays as it
    is. grads: shaped like params.
    """
    # <solution>
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
    # </solution>
