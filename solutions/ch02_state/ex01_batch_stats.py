"""2.1 batch_stats: BatchNorm's running statistics are state that you carry

A BatchNorm in PyTorch keeps `running_mean` and `running_var` in the module.
`model(x)` updates them as a side effect in train mode, and uses them in eval
mode. In Flax they are variables too, in a second collection beside "params":

    {"params": {"fc1": ..., "bn": {"scale", "bias"}, "fc2": ...},
     "batch_stats": {"bn": {"mean", "var"}}}

A layer is called "fc1" there because it was made with `name="fc1"`; without a
name it would be "Dense_0".

A function has no side effects, so you tell `apply` what may change, and it
returns that as well:

    output, updates = model.apply(variables, x, True, mutable=["batch_stats"])

`updates` is {"batch_stats": ...} and nothing else; `variables` does not change.
Put the two together in new variables, or the statistics never move. There is no
train() or eval() either: each call says which mode it wants.

Two traps. PyTorch's momentum is the weight of the new batch, 0.1 by default;
Flax's is the weight of the old statistics, 0.99 by default. PyTorch's 0.1 is
Flax's 0.9. And `use_running_average` is true in eval mode. Both add the same
epsilon by default, 1e-5.

One difference stays. PyTorch multiplies a batch's variance by n / (n - 1)
before it enters running_var; Flax does not. You can ignore it here: the checks
compare `var` with running_var without that factor. 5.2 handles it.

The checks give `train_step` and `eval_step` networks of their own, with one and
with two BatchNorms, so that each of your three pieces is checked by itself.
They also call both under `jax.jit`, with `model` static.

After 1.3 and 1.4. About 20 minutes.

https://flax-linen.readthedocs.io/en/latest/guides/training_techniques/batch_norm.html
"""

# --- PyTorch ---
import torch


class TorchNet(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.bn = torch.nn.BatchNorm1d(hidden)
        self.fc2 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(torch.tanh(self.bn(self.fc1(x))))


def torch_train_step(model: TorchNet, x: torch.Tensor) -> torch.Tensor:
    """The output in train mode; updates the running statistics in `model`."""
    return model.train()(x)


def torch_eval_step(model: TorchNet, x: torch.Tensor) -> torch.Tensor:
    """The output in eval mode."""
    return model.eval()(x)


# --- JAX ---
from typing import Any

import flax.linen as nn
import jax


class FlaxNet(nn.Module):
    """TorchNet in Flax: fc1 -> bn -> tanh -> fc2, with layers of these names.

    in_dim is not a field: Flax reads it from the input.
    """

    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        """x: float32 (batch, in_dim), in train mode of rows that differ.
        Returns float32 (batch, output_dim).

        train: True as after `model.train()`, False as after `model.eval()`. A
        new batch has weight 0.1 in the running statistics, as in PyTorch. They
        begin with mean 0 and var 1: `init` takes in no batch.
        """
        # <solution>
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        return nn.Dense(self.output_dim, name="fc2")(nn.tanh(x))
        # </solution>


def train_step(model: nn.Module, variables: Any, x: jax.Array) -> tuple[jax.Array, Any]:
    """(output in train mode, new variables). `variables` does not change.

    model: its `__call__` takes (x, train), as FlaxNet's does.
    variables: {"params": ..., "batch_stats": ...}, all collections of the
    model; the new ones have the same names, in dicts or FrozenDicts, the same
    params, and updated batch_stats.
    """
    # <solution>
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    return output, {**variables, **updates}
    # </solution>


def eval_step(model: nn.Module, variables: Any, x: jax.Array) -> jax.Array:
    """The output in eval mode, and nothing else.

    It does not use the batch's own statistics, and updates none; a batch may
    have one row.
    """
    # <solution>
    return model.apply(variables, x, train=False)
    # </solution>
