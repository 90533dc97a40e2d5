"""7.2 aliases_and_modes: What a copy of a module shares, and eval mode

An NNX module is an object that training changes in place, as in PyTorch. So
two questions come back that Linen does not have: what does a copy of a model
share with it, and which mode is it in?

A module's weights, running statistics and generators are Variables: boxes with
an array in them, of which `nnx.Param` is one kind and `nnx.BatchStat` another.
These share the boxes with `model`. What is written into one later is seen in
both:

    copy.copy(model)
    nnx.merge(*nnx.split(model))       # although it looks like a copy
    nnx.state(model)                   # as live as PyTorch's state_dict()
    nnx.view(model, ...)

These have boxes of their own, or none:

    copy.deepcopy(model)
    nnx.clone(model)
    nnx.to_pure_dict(nnx.state(model))     # dicts with the arrays themselves

The arrays may be shared without harm: nobody can write into an array. (To
donate an array to a compiled function destroys it; `nnx.clone(model,
arrays=True)` is for that.) `nnx.state(model, nnx.Param)` gives the Variables
of one kind, and takes a tuple of kinds too. Without a kind you also get the
generators of Dropout.

A new module is in train mode. `model.eval()` changes the mode of `model`
itself, for all who hold it. Unlike PyTorch's it returns None, so
`model = model.eval()` loses the model. It sets `deterministic` in Dropout and
`use_running_average` in BatchNorm, and nothing else: a `self.training` of your
own stays as it is.
`nnx.view` sets the same without touching `model`:

    nnx.view(model, deterministic=True, use_running_average=True)

It raises where no layer knows a setting, as `deterministic` in a model without
Dropout, unless you add raise_if_not_found=False. PyTorch's eval() takes any
model.

Write the three functions, for any module. That of the checks has the layers
fc1, bn, dropout and fc2, as TorchNet.

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
    """A second model with the same numbers.

    What happens to one of the two later, training or eval(), does not reach
    the other.
    """
    raise NotImplementedError("7.2 aliases_and_modes: your code here")


def snapshot(model: nnx.Module) -> dict[str, Any]:
    """The parameters and the running statistics as they are now.

    A dict of dicts by the names in the model, {"fc1": {"kernel": ..., "bias":
    ...}, "bn": {"scale", "bias", "mean", "var"}, ...}, with JAX's arrays or
    NumPy's. Generators are left out. Training the model does not change it.
    """
    raise NotImplementedError("7.2 aliases_and_modes: your code here")


def eval_view(model: nnx.Module) -> nnx.Module:
    """`model` in eval mode, while `model` itself stays in its mode.

    Always computes with the numbers that `model` has at that time, also after
    training, and changes none of them. Not every model has a Dropout and a
    BatchNorm.
    """
    raise NotImplementedError("7.2 aliases_and_modes: your code here")
