"""1.2 blueprint: A model object holds no weights; init makes them

`TorchMLP()` has weights as soon as it exists. `FlaxMLP()` never has any: it is
a blueprint. `model.init(key, x)` runs the blueprint once on an example input
and returns all weights as a nested dict, the variables. Here they are with
shapes in place of arrays:

    {"params": {"Dense_0": {"kernel": (10, 128), "bias": (128,)},
                "Dense_1": {...}}}

The names of the layers, and how deeply they are nested, are up to the model. A
name may have dots or slashes in it.

- The key, `jax.random.key(seed)`, decides the numbers. There is no global seed:
  the same key gives the same weights.
- The example decides the shapes. For Dense layers only its last axis matters:
  10 features make a (10, 128) kernel, 50 make (50, 128). Its batch size and its
  values do not matter; even NaN will do. Its dtype does: a model may make arrays
  in the dtype of its input, which is float32 here.
- Sometimes you want only the shapes, for a model too large to allocate by
  accident. `jax.eval_shape(f, *args)` runs `f` on shapes alone: nothing is
  computed. PyTorch has `torch.device("meta")` for this.

Write the two functions. `model` can be any Flax module that takes one array and
can be hashed, including one that you have not seen: with layers inside blocks,
initializers of its own, arrays without axes, and collections beside "params",
which each pass after `init` may change. What a module sows as "intermediates"
is not among them: `init` leaves it out.

After 1.1. About 10 minutes.

https://docs.jax.dev/en/latest/_autosummary/jax.eval_shape.html
"""

# --- PyTorch ---
import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(torch.relu(self.fc1(x)))


def torch_shapes(in_dim: int, hidden: int, output_dim: int) -> dict[str, tuple[int, ...]]:
    """The shapes of a model that is never allocated."""
    with torch.device("meta"):
        model = TorchMLP(in_dim, hidden, output_dim)
    return {name: tuple(p.shape) for name, p in model.named_parameters()}


# --- JAX ---
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


def param_shapes(model: nn.Module, in_dim: int) -> Any:
    """The variables of `model` for float32 inputs of `in_dim` features, with a
    shape in place of every array.

    Returns the same nested dict as `init`; its leaves are float32
    `jax.ShapeDtypeStruct` (or plain tuples of ints). No weights are allocated
    or computed.
    """
    raise NotImplementedError("1.2 blueprint: your code here")


def init_params(model: nn.Module, seed: int, in_dim: int) -> Any:
    """Fresh variables of `model` for float32 inputs of `in_dim` features, drawn
    by the model's own initializers; their numbers depend on `seed` alone, in a
    model of a different class with the same layers too.

    Returns what `init` returns: a new dict with the collection "params", and
    with others if the model has them. Its leaves are float32 `jax.Array`s.
    """
    raise NotImplementedError("1.2 blueprint: your code here")
