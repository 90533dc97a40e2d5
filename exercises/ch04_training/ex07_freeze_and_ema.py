"""4.7 freeze_and_ema: Frozen layers, and an average of the weights

In PyTorch you freeze a layer with `p.requires_grad_(False)`: it gets no
gradient, and the optimizer skips it. Nothing changes it, not even weight decay.
In JAX a parameter does not know whether it is trained. The optimizer decides:

    optax.partition({"name": tx, "other name": other_tx}, labels)

runs a different optimizer for each label. labels(params) returns a tree with a
name for each parameter, or one name for everything below, and
`optax.set_to_zero()` is the optimizer that never moves. Older code calls
`optax.partition` by its old name, `optax.multi_transform`. Two things look
right and are not: gradients of zero do not stop adamw's decay, and
`optax.masked(tx, mask)` passes on the raw gradient where mask is False.

For an average of the weights PyTorch has `AveragedModel`. It begins with a copy
of the model, and so must yours. Arrays cannot be written to, but they can be
donated: a training step compiled with `jax.jit(step, donate_argnums=0)` puts
its results where its arguments were, and reading the old arrays raises "Array
has been deleted". Then a new dict with the same arrays in it is not a copy;
`jnp.copy(array)` is.

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
    """The first `update_parameters(model)` copies; each later one computes
    decay * average + (1 - decay) * model.
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
    """An optimizer that does what tx does, but does not move the layers with
    these names: they stay the same to the last bit, whatever their gradients
    are.

    Its params will be {layer: {"kernel", "bias"}, ...}, with any number of
    layers, whatever they are called, even "bias" or "block/0.conv". It can
    train several networks side by side, each with other layers. layers: a tuple
    or list of names; none, some or all of the layers. tx: any optimizer, even
    one that moves weights whose gradients are zero. It may look at all
    gradients together, as `optax.clip_by_global_norm` does; then the checks
    freeze no layer. They call `update(grads, state, params)` under `jax.jit`.
    """

    raise NotImplementedError("4.7 freeze_and_ema: your code here")


def ema_start(params: Any) -> Any:
    """The first average: JAX or NumPy arrays equal to those of params, not
    affected when the arrays of params are donated. `params` stays as it is.
    """
    raise NotImplementedError("4.7 freeze_and_ema: your code here")


def ema(average: Any, params: Any, decay: float) -> Any:
    """The next average, computed as in `torch_average`, as `jax.Array`s. Both
    arguments stay as they are, whether average has JAX or NumPy arrays. decay:
    a number from 0 to 1.
    """
    raise NotImplementedError("4.7 freeze_and_ema: your code here")
