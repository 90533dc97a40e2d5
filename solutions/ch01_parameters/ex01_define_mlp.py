"""1.1 define_mlp: Define a two-layer perceptron in Flax

In PyTorch, `__init__` makes the layers and their weights, and `forward` uses
them. In Flax (the Linen API), a module is only a recipe. It is a dataclass: its
annotated fields (`output_dim: int`) are its settings. Its layers are written
down in `__call__` (marked `@nn.compact`) or in `setup`, and no weight exists
until `init` runs the recipe once.

Two differences to look for:
- `nn.Dense(128)` takes only the number of features that come out. It reads the
  number that go in from its input.
- Functions such as relu are called on the array, `nn.relu(x)`; they are not
  layers.

Write `FlaxMLP.__call__`, so that FlaxMLP computes what TorchMLP computes when
both have the same weights, for any `output_dim` and for x of any batch shape.
It must also work under `jax.jit`. You may make the layers in `setup` instead;
then `@nn.compact` is not needed.

When this file is graded, its JAX section runs in a process without PyTorch, so
you cannot use `torch` there.

About 10 minutes.

https://flax-linen.readthedocs.io/en/latest/guides/flax_fundamentals/flax_basics.html
"""

# --- PyTorch ---
import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, output_dim: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(10, 128)
        self.fc2 = torch.nn.Linear(128, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.fc1(x)
        x = torch.relu(x)
        return self.fc2(x)


# --- JAX ---
import flax.linen as nn
import jax


class FlaxMLP(nn.Module):
    """The same function: 10 -> 128 -> relu -> output_dim.

    Fields: output_dim, the number of features that come out.
    """

    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (..., 10), finite and between -1e30 and 1e30. Returns
        float32 (..., output_dim).
        """
        # <solution>
        # Layers made in a compact method are named in the order in which they
        # are made: Dense_0, Dense_1.
        x = nn.Dense(128)(x)
        x = nn.relu(x)
        return nn.Dense(self.output_dim)(x)
        # </solution>
