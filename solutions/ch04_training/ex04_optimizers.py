"""4.4 optimizers: torch.optim's optimizers in optax, and a loop

A PyTorch optimizer holds your parameters and what it remembers of earlier
gradients (the momentum of SGD; the moments of Adam, AdamW and RMSprop), and
`step()` changes both. An optax optimizer holds nothing. It is two functions,
and you carry what they return from one step to the next:

    # once, before the loop: the momentum, or the moments
    state = tx.init(params)
    # instead of optimizer.step()
    updates, state = tx.update(grads, state, params)
    # adds them: the sign and lr are in the updates
    params = optax.apply_updates(params, updates)

The names match PyTorch's; the behavior does not always:

  * SGD, Adam and RMSprop add weight_decay * p to the gradient, before anything
    else. In optax that is a separate transformation,
    `optax.add_decayed_weights(weight_decay)`. `optax.chain(first, second)` runs
    one after the other. A chain is a transformation too, so `make` may return a
    chain with an optimizer in it.
  * AdamW leaves the gradient as it is, and decays the weights themselves:
    p -= lr * weight_decay * p. So does `optax.adamw`.
  * weight_decay=None, the default of `make`, stands for PyTorch's default:
    0.01 for AdamW, 0 for the other three. The default of `optax.adamw` is
    0.0001.
  * RMSprop keeps 0.99 of its average and adds eps outside the square root. By
    default `optax.rmsprop` keeps 0.9 and adds it inside; `decay` and
    `eps_in_sqrt` change that.

Adagrad is not asked for: optax adds eps inside the root, with no choice. With
eps=1e-10 in both, and initial_accumulator_value=0 in optax (its default is
0.1), a first gradient of 1e-5 makes a step 0.71 times as long as PyTorch's.

Write `make` and `train`. Compile one step with `jax.jit` and loop in Python:
batches of the same shape compile once.

After 4.1. About 20 minutes.

https://optax.readthedocs.io/en/latest/getting_started.html
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


def torch_make(name: str, model: torch.nn.Module, **settings: float) -> torch.optim.Optimizer:
    return getattr(torch.optim, name)(model.parameters(), **settings)


def torch_train(
    model: torch.nn.Module, optimizer: torch.optim.Optimizer, batches: list[tuple[torch.Tensor, torch.Tensor]]
) -> list[float]:
    losses = []
    for x, y in batches:
        loss = torch.nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# --- JAX ---
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def make(
    name: str, lr: float, weight_decay: float | None = None, momentum: float = 0.0, nesterov: bool = False
) -> optax.GradientTransformation:
    """An optimizer, or a chain with one in it, that does what the optimizer of
    that name in `torch.optim` does with these settings.

    PyTorch's defaults hold for everything else.
    name: "SGD", "Adam", "AdamW" or "RMSprop".
    weight_decay: None stands for PyTorch's default: 0.01 for AdamW, 0 for the
        others.
    momentum, nesterov: given for SGD only.
    """
    # <solution>
    match name:
        case "SGD":
            tx = optax.sgd(lr, momentum, nesterov)
        case "Adam":
            tx = optax.adam(lr)
        case "AdamW":
            return optax.adamw(lr, weight_decay=0.01 if weight_decay is None else weight_decay)
        case "RMSprop":
            tx = optax.rmsprop(lr, decay=0.99, eps_in_sqrt=False)
        case _:
            raise ValueError(f"no optimizer is called {name!r}")
    # First in the chain: for the momentum and the moments, the decay is part of
    # the gradient.
    return optax.chain(optax.add_decayed_weights(weight_decay or 0.0), tx)
    # </solution>


def train(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array],
    params: Any,
    tx: optax.GradientTransformation,
    batches: list[tuple[jax.Array, jax.Array]],
) -> tuple[Any, jax.Array | list]:
    """(new params, losses) after one step with each batch (x, y).

    loss_fn(params, x, y) returns a float32 (), for params of any structure.
    `params` stays as it is.
    batches: one or more (x, y); the last can be smaller than the others.
    losses: an array (len(batches),), or a list of as many numbers. losses[i] is
        the loss of batch i before step i. The loop goes on after a loss of inf.
    """

    # <solution>
    @jax.jit
    def step(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    state = tx.init(params)
    losses = []
    for x, y in batches:
        params, state, loss = step(params, state, x, y)
        losses.append(loss)  # an array: float(loss) would wait for the device at every step
    return params, jnp.stack(losses)
    # </solution>
