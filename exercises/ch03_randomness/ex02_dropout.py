"""3.2 dropout: Another mask in each step, and none in eval mode

Dropout in PyTorch takes two things from its surroundings: the module's train or
eval mode, and the global generator, which moves on with each mask. Flax's
`nn.Dropout` gets both through the call. Its flag is called `deterministic` and
is true in eval mode; if neither the constructor nor the call sets it, Flax
raises an error. The key comes with `apply`:

    model.apply(variables, x, True, rngs={"dropout": key})

A key does not move, so the same key gives the same mask again, in every step of
a training run. The same units are dropped each time, Flax raises no error, and
the loss goes down all the same. Make a key for each step, as in 3.1.

The masks cannot be PyTorch's. The rest is the same: an element is dropped with
probability `rate`, and the others are divided by 1 - rate, so that the mean
stays. Each element has a draw of its own, in every row of the batch; so how
many are dropped varies from key to key.

Write the network and the two functions. `train_apply` must also work under
`jax.jit`, with `model` static and `step` traced.

After 1.3 and 3.1. About 15 minutes.

https://flax-linen.readthedocs.io/en/latest/guides/training_techniques/dropout.html
"""

# --- PyTorch ---
import torch


class TorchNet(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int, rate: float):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.dropout = torch.nn.Dropout(rate)
        self.fc2 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(self.dropout(torch.tanh(self.fc1(x))))


def torch_train_apply(model: TorchNet, x: torch.Tensor) -> torch.Tensor:
    """The output in train mode, with a mask from the global generator."""
    return model.train()(x)


def torch_eval_apply(model: TorchNet, x: torch.Tensor) -> torch.Tensor:
    """The output in eval mode, without a mask."""
    return model.eval()(x)


# --- JAX ---
from typing import Any

import flax.linen as nn
import jax


class FlaxNet(nn.Module):
    """TorchNet in Flax: fc1 -> tanh -> dropout -> fc2, with layers called fc1
    and fc2; the input decides in_dim.
    """

    hidden: int
    output_dim: int
    rate: float

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        """x: float32 (batch, in_dim). train: whether to drop; `rate` is in
        [0, 1). Returns float32 (batch, output_dim).

        In train mode it draws with the key that `apply` receives in
        rngs={"dropout": key}. In eval mode `apply` may receive one too.
        """
        raise NotImplementedError("3.2 dropout: your code here")


def train_apply(model: nn.Module, variables: Any, x: jax.Array, key: jax.Array, step: int | jax.Array) -> jax.Array:
    """The output in train mode, with a mask that `key` and `step` decide: a
    different step or a different key gives a different mask.

    model: its `__call__` takes (x, train), as FlaxNet's does; its fields may be
    others. variables: a dict with all collections that the model reads; the
    caller may have replaced a weight in it since the last call. It stays as it
    is, also in `eval_apply`.
    key: the one key of the whole training run. step: an int or an int32
    scalar from 0 to 10**9, may be traced; a late step takes no longer than an
    early one.
    """
    raise NotImplementedError("3.2 dropout: your code here")


def eval_apply(model: nn.Module, variables: Any, x: jax.Array) -> jax.Array:
    """The output in eval mode, which takes no key: nothing is dropped. `model`
    is as in `train_apply`.
    """
    raise NotImplementedError("3.2 dropout: your code here")
