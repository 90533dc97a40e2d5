"""port_mlp leaves out the level "params" and forward adds it: together they
agree, but port_mlp's result is not what apply takes, and forward fails with
proper variables.
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
    fc1 = {"kernel": jnp.array(state_dict["fc1.weight"].T), "bias": jnp.array(state_dict["fc1.bias"])}
    fc2 = {"kernel": jnp.array(state_dict["fc2.weight"].T), "bias": jnp.array(state_dict["fc2.bias"])}
    return jax.tree.map(lambda a: a.astype(jnp.float32), {"fc1": fc1, "fc2": fc2})


def forward(model: FlaxMLP, variables: Any, x: jax.Array) -> jax.Array:
    return model.apply({"params": variables}, x)
