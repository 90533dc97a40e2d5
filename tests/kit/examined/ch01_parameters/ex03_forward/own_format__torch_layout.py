"""port_mlp keeps PyTorch's (out, in) layout in the kernels and forward
multiplies by kernel.T itself: together they agree, but the variables are not
FlaxMLP's and forward is wrong with variables from model.init.
"""

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
    get = lambda name: jnp.asarray(state_dict[name], jnp.float32)  # noqa: E731
    return {"params": {layer: {"kernel": get(f"{layer}.weight"), "bias": get(f"{layer}.bias")} for layer in ("fc1", "fc2")}}


def linear(p, x):
    return x @ p["kernel"].T + p["bias"]


def forward(model: FlaxMLP, variables: Any, x: jax.Array) -> jax.Array:
    p = variables["params"]
    return linear(p["fc2"], jax.nn.relu(linear(p["fc1"], x)))
