"""1.4 set_bias: Change one bias, and keep the old parameters

In PyTorch you change a parameter where it is, and the old value is gone:

    with torch.no_grad():
        model.fc1.bias.fill_(0.5)

In JAX you make new variables that differ in one place; the old ones stay as
they are. An array cannot be written to: `bias[0] = 1.0` raises an error, and
`bias.at[0].set(1.0)` returns a new array. The dict around the arrays is another
matter. `init` returns a plain dict (many tutorials still say it is frozen; that
ended with Flax 0.7.1), so

    variables["params"]["fc1"]["bias"] = new

raises no error and changes the variables for everyone who holds that dict: the
ones you compare with, the ones the optimizer was made for. Do not write into
it. Build a new dict, or make a deep copy first.

Write `set_bias`. It must work for any layer name, even with slashes, dots or
quotes in it, and keep everything else: other collections too, and blocks in
which a layer has the same name. For plain dicts return plain dicts: JAX takes a
FrozenDict for a different structure, and `jax.tree.map` of both raises an
error. Older code passes a FrozenDict. Return the right answer for it too, in
either kind of dict; if you write into one, Flax's own error is also accepted.

After 1.3. About 15 minutes.

https://docs.jax.dev/en/latest/_autosummary/jax.numpy.ndarray.at.html
"""

# --- PyTorch ---
import copy

import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, output_dim: int = 3):
        super().__init__()
        self.fc1 = torch.nn.Linear(10, 128)
        self.fc2 = torch.nn.Linear(128, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(torch.relu(self.fc1(x)))


def torch_set_bias(model: torch.nn.Module, layer: str, value: float) -> torch.nn.Module:
    """A copy of `model` in which one bias is filled with `value`."""
    model = copy.deepcopy(model)
    with torch.no_grad():
        model.get_submodule(layer).bias.fill_(value)
    return model


# --- JAX ---
import copy
from typing import Any

import jax
import jax.numpy as jnp


def set_bias(variables: Any, layer: str, value: float) -> Any:
    """New variables, equal to `variables` except in the bias of `layer`, which
    is filled with `value`, whatever it held, NaN and infinity too.

    variables: {"params": {layer: {"kernel": (in, out), "bias": (out,)}, ...},
    ...} of float dtypes with 32 bits or 16, not changed; a bias may have a
    different dtype than its kernel, and no dict is empty. Returns variables of
    the same structure, shapes and dtypes in a new dict, even where the bias has
    that value already; its leaves are `jax.Array`s.
    """
    raise NotImplementedError("1.4 set_bias: your code here")
