"""4.7 freeze_and_ema: Frozen layers, and an average of the weights

In PyTorch a layer is frozen with `p.requires_grad_(False)`: it has no gradient,
and the optimizer passes it by. Nothing touches it, weight decay neither. In JAX
a parameter does not know whether it is trained. The optimizer does:

    optax.multi_transform({"name": tx, "other name": other_tx}, labels)

runs another optimizer for each label. labels(params) returns a tree with a name
for each parameter, or one name for all that lies below, and
`optax.set_to_zero()` is the optimizer that never moves. Two things look right
and are not: gradients of zero do not stop adamw's decay, and `optax.masked(tx,
mask)` hands on the raw gradient where mask is False.

For an average of the weights PyTorch has `AveragedModel`, which begins with a
copy of the model. So must you. Arrays cannot be written to, but they can be
given away: a training step compiled with `jax.jit(step, donate_argnums=0)` puts
its results where its arguments were, and whoever still holds the old arrays
gets "Array has been deleted". A new dict with the same arrays in it is no copy
then; `jnp.copy(array)` is.

(`optax.ema` is for gradients and corrects for its start at 0: after the values
1 and 2, with decay 0.9, it is at 1.526, and PyTorch's average at 1.1.)

Write the three functions.

After 4.4. About 20 minutes.

https://optax.readthedocs.io/en/latest/api/combining_optimizers.html
"""

# --- PyTorch ---
from collections.abc import Sequence

import torch


class TorchMLP(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = torch.nn.Linear(4, 6)
        self.fc2 = torch.nn.Linear(6, 5)
        self.fc10 = torch.nn.Linear(5, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc10(torch.tanh(self.fc2(torch.tanh(self.fc1(x)))))


def torch_freeze(model: torch.nn.Module, layers: Sequence[str]) -> None:
    for layer in layers:
        model.get_submodule(layer).requires_grad_(False)


def torch_average(model: torch.nn.Module, decay: float) -> torch.optim.swa_utils.AveragedModel:
    """Its first `update_parameters(model)` copies; each after that gives decay
    * average + (1 - decay) * model.
    """
    average = torch.optim.swa_utils.get_ema_multi_avg_fn(decay)
    return torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=average)


# --- JAX ---
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import optax


def freeze(tx: optax.GradientTransformation, layers: Sequence[str]) -> optax.GradientTransformation:
    """An optimizer that does what tx does, and does not move the layers of
    these names.

    params will be {layer: {"kernel", "bias"}, ...}.
    """

    raise NotImplementedError("4.7 freeze_and_ema: your code here")


def ema_start(params: Any) -> Any:
    """The first average: equal to params, and not affected when the arrays of
    params are given away.
    """
    raise NotImplementedError("4.7 freeze_and_ema: your code here")


def ema(average: Any, params: Any, decay: float) -> Any:
    """The next average: decay of the old one, and the rest of params. Both
    arguments stay as they are.
    """
    raise NotImplementedError("4.7 freeze_and_ema: your code here")
