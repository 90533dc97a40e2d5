"""7.2 aliases_and_modes: What a copy of a module shares, and eval mode

An NNX module is an object that training changes in place, as in PyTorch. So
two questions come back that Linen does not have: what does a copy of a model
share with it, and which mode is it in?

A module's weights, running statistics and generators are Variables: boxes with
an array in them. `nnx.Param` is one kind of Variable, `nnx.BatchStat` another.
These share their boxes with `model`; what is written into one later is seen in
both:

    copy.copy(model)
    nnx.merge(*nnx.split(model))       # although it looks like a copy
    nnx.state(model)                   # as live as PyTorch's state_dict()
    nnx.view(model, ...)

These have boxes of their own, or none:

    copy.deepcopy(model)
    nnx.clone(model)
    nnx.to_pure_dict(nnx.state(model))     # dicts with the arrays themselves

The arrays may be shared without harm: nobody can write into an array. (But
donating an array to a compiled function destroys it; then use
`nnx.clone(model, arrays=True)`.) `nnx.state(model, nnx.Param)` returns the
Variables of one kind, and accepts a tuple of kinds too. Without a kind, you
also get the generators of Dropout.

A new module is in train mode; a copy is in the mode of its model.
`model.eval()` changes the mode of `model` itself, for everyone who holds it.
Unlike PyTorch's it returns None, so `model = model.eval()` loses the model. It
sets `deterministic` in Dropout and in `nnx.MultiHeadAttention`, where it is
None at first, and `use_running_average` in BatchNorm. It sets nothing else: a
`self.training` of your own stays as it is. `nnx.view` sets the same two without
touching `model`:

    nnx.view(model, deterministic=True, use_running_average=True)

It raises an error where no layer knows a setting, such as `deterministic` in a
model without Dropout, unless you add raise_if_not_found=False. PyTorch's
eval() accepts any model.

Write the three functions, for any module. The checks use one with the layers
fc1, bn, dropout and fc2, as in TorchNet, a network that holds such a network,
single layers, and a layer with Variables of other names, kinds and dtypes.

After 1.5, 2.1 and 7.1. About 15 minutes.

https://flax.readthedocs.io/en/latest/guides/view.html
"""

# --- PyTorch ---
import copy

import torch


class TorchNet(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.bn = torch.nn.BatchNorm1d(hidden)
        self.dropout = torch.nn.Dropout(0.5)
        self.fc2 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(self.dropout(torch.tanh(self.bn(self.fc1(x)))))


def torch_clone(model: torch.nn.Module) -> torch.nn.Module:
    return copy.deepcopy(model)


def torch_snapshot(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}  # without clone() it would change


def torch_eval(model: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    """The output in eval mode; the model is in train mode again afterwards."""
    y = model.eval()(x)
    model.train()
    return y


# --- JAX ---
from typing import Any

from flax import nnx


def clone(model: nnx.Module) -> nnx.Module:
    """A second model with the same numbers, in the same mode.

    What later happens to one of the two does not affect the other: neither new
    numbers, nor the draws of Dropout, nor eval().
    """
    # <solution>
    return nnx.clone(model)
    # </solution>


def snapshot(model: nnx.Module) -> dict[str, Any]:
    """The parameters and the running statistics as they are now.

    A dict of dicts by the names in the model, {"fc1": {"kernel": ..., "bias":
    ...}, "bn": {"scale", "bias", "mean", "var"}, ...}, with JAX or NumPy
    arrays of their dtypes; an nnx.State will do too. Generators are left out.
    Variables of other kinds, such as nnx.Cache, may be in it. Training the
    model does not change the snapshot.
    """
    # <solution>
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))
    # </solution>


def eval_view(model: nnx.Module) -> nnx.Module:
    """`model` in eval mode, while `model` itself stays in its own mode.

    It always computes with the current numbers of `model`, even after
    training, and changes none of them. Some models have only a Dropout or only
    a BatchNorm, and some have no layer with a mode.
    """
    # <solution>
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
    # </solution>
