"""port_mlp writes into a default argument, so a second call replaces the
weights in the variables that the first call returned.
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


def port_mlp(state_dict: dict[str, np.ndarray], variables: Any = {"params": {"fc1": {}, "fc2": {}}}) -> Any:  # noqa: B006
    for layer, target in variables["params"].items():
        target["kernel"] = jnp.asarray(state_dict[f"{layer}.weight"], jnp.float32).T
        target["bias"] = jnp.asarray(state_dict[f"{layer}.bias"], jnp.float32)
    return variables


def forward(model: FlaxMLP, variables: Any, x: jax.Array) -> jax.Array:
    return model.apply(variables, x)
