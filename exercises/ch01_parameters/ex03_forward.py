"""1.3 forward: Run a Flax model with PyTorch's weights

`model(x)` in PyTorch uses the weights that live in `model`. In Flax you hold
the weights yourself, so you pass them: `model.apply(variables, x)`. It is a
function: the same variables and the same x always give the same answer.

To give a Flax model a PyTorch model's weights, build the variables from its
`state_dict`:

    fc1.weight (128, 10)  ->  variables["params"]["fc1"]["kernel"] (10, 128)
    fc1.bias   (128,)     ->  variables["params"]["fc1"]["bias"]   (128,)

PyTorch's Linear computes `x @ weight.T + bias`, Flax's Dense `x @ kernel +
bias`. Where the two sizes differ, a mix-up raises an error. Where they are the
same, it raises no error and the numbers are wrong; the checks try that too.

So transpose every Linear's weight, whatever its shape. Write the two functions.
FlaxMLP is given. Its layers are called fc1 and fc2, as in PyTorch, and "kernel"
and "bias" are the names that `nn.Dense` looks for. `forward` must also work
under `jax.jit`, with `model` static.

After 1.1 and 1.2. About 15 minutes.

https://flax-linen.readthedocs.io/en/latest/guides/converting_and_upgrading/convert_pytorch_to_flax.html
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


# --- JAX ---
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


class FlaxMLP(nn.Module):
    """in_dim -> hidden -> relu -> output_dim; the input decides in_dim."""

    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.relu(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(self.output_dim, name="fc2")(x)


def port_mlp(state_dict: dict[str, np.ndarray]) -> Any:
    """TorchMLP's weights as FlaxMLP's variables.

    state_dict: float32 NumPy arrays under "fc1.weight" (hidden, in_dim),
    "fc1.bias" (hidden,), "fc2.weight" (output_dim, hidden) and "fc2.bias"
    (output_dim,), in no particular order. It stays as it is. Returns {"params":
    {"fc1": {"kernel", "bias"}, "fc2": {...}}} with float32 `jax.Array`s, in new
    dicts at each call.
    """
    raise NotImplementedError("1.3 forward: your code here")


def forward(model: FlaxMLP, variables: Any, x: jax.Array) -> jax.Array:
    """What `model` computes from x with these variables, and in the next call
    with others, or with these after the caller has replaced a weight in them.
    The variables stay as they are.

    x: float32 (..., in_dim); all numbers are finite. Returns float32 (...,
    output_dim).
    """
    raise NotImplementedError("1.3 forward: your code here")
