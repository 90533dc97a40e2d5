"""port_mlp pops the arrays out of the dict that it receives, which is empty
afterwards: a second port_mlp of it raises KeyError.
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
    params: dict[str, Any] = {}
    for layer in ("fc1", "fc2"):
        weight = state_dict.pop(f"{layer}.weight")
        bias = state_dict.pop(f"{layer}.bias")
        params[layer] = {"kernel": jnp.asarray(weight.T, jnp.float32), "bias": jnp.asarray(bias, jnp.float32)}
    assert not state_dict, f"unused weights: {list(state_dict)}"
    return {"params": params}


def forward(model: FlaxMLP, variables: Any, x: jax.Array) -> jax.Array:
    return model.apply(variables, x)
