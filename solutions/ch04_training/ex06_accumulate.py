"""4.6 accumulate: A large batch in small parts

When a batch does not fit into memory, PyTorch code calls `backward()` for each
part and `optimizer.step()` at the end. The gradients add up in `p.grad`, so
each loss is divided first:

    # k parts of the same size
    (loss / k).backward()
    # parts of different sizes; the last one is often smaller
    (loss * len(x) / total).backward()

In JAX nothing adds up by itself. You build the sum as a tree, with
`jax.tree.map(f, one, other)`. The question is the same: what must each part be
multiplied by, so that the result is the gradient of the mean over all samples?
The mean of the parts' means is that gradient only if all parts have the same
size.

optax can wait for you. `optax.MultiSteps(tx, every_k_schedule=k)` is an
optimizer (it has init and update) whose updates are zero, except at every k-th
call. There tx gets the mean of the k gradients. `optax.apply_every(k)` waits
too, but adds up.

Write the two functions. The checks call the `update` of `step_every` under
`jax.jit`.

After 4.1 and 4.4. About 15 minutes.

https://optax.readthedocs.io/en/latest/_collections/examples/gradient_accumulation.html
"""

# --- PyTorch ---
import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(torch.tanh(self.fc1(x)))


def torch_accumulate(model: torch.nn.Module, batches: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
    """The gradients of the mean loss over all samples of all batches, in
    `p.grad`.
    """
    total = sum(len(x) for x, _ in batches)
    model.zero_grad()
    for x, y in batches:
        loss = torch.nn.functional.mse_loss(model(x), y)
        (loss * len(x) / total).backward()


def torch_train_every(
    model: torch.nn.Module, optimizer: torch.optim.Optimizer, k: int, batches: list[tuple[torch.Tensor, torch.Tensor]]
) -> list[float]:
    """The loss of each batch, in a loop that steps after every k batches."""
    losses = []
    for i, (x, y) in enumerate(batches):
        loss = torch.nn.functional.mse_loss(model(x), y)
        (loss / k).backward()
        if (i + 1) % k == 0:
            optimizer.step()
            optimizer.zero_grad()
        losses.append(loss.item())
    return losses


# --- JAX ---
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def accumulate(
    grad_fn: Callable[[Any, jax.Array, jax.Array], Any], params: Any, batches: list[tuple[jax.Array, jax.Array]]
) -> Any:
    """The gradients of the mean loss over all samples of all batches, computed
    one batch at a time. `params` and `batches` stay as they are.

    grad_fn(params, x, y): the gradients of the mean loss over this one batch,
        shaped like params.
    params: a pytree of any form: a dict of layers, one layer's dict, a tuple.
    batches: one or more (x, y), float32 (n, in_dim) and (n, output_dim), where
        n can differ from batch to batch.
    """

    # <solution>
    def add(result, grads, share):
        return jax.tree.map(lambda r, g: r + share * g, result, grads)

    total = sum(len(x) for x, _ in batches)
    result = jax.tree.map(jnp.zeros_like, params)
    for x, y in batches:
        result = add(result, grad_fn(params, x, y), len(x) / total)
    return result
    # </solution>


def step_every(tx: optax.GradientTransformation, k: int) -> Any:
    """An optimizer that steps as tx would, at every k-th call, with the mean of
    the k gradients since its last step.

    tx: any optimizer, even one that needs the params, keeps those of `init`,
        counts its steps, or has inf in its state. The params are a pytree of
        any form here too. The gradients are finite, and so is their sum.
    Returns an object with `init` and `update`, like optax's optimizers. All
    that it remembers is in the state: it can train several models side by side.
    The checks call `update(grads, state, params)`.
    """
    # <solution>
    return optax.MultiSteps(tx, every_k_schedule=k)
    # </solution>
