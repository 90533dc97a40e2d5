"""forward binds the variables to the model at the first call and keeps the
bound model, so later calls with other variables give the answer of the first.
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
    params = {}
    for layer in ("fc1", "fc2"):
        params[layer] = {
            "kernel": jnp.asarray(state_dict[f"{layer}.weight"].T, jnp.float32),
            "bias": jnp.asarray(state_dict[f"{layer}.bias"], jnp.float32),
        }
    return {"params": params}


_bound: dict[FlaxMLP, Any] = {}


def forward(model: FlaxMLP, variables: Any, x: jax.Array) -> jax.Array:
    if model not in _bound:
        _bound[model] = model.bind(variables)
    return _bound[model](x)
