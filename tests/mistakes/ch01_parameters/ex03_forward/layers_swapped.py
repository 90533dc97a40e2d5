"""fc1 holds the arrays of fc2, and fc2 those of fc1. Take each layer's arrays
by its own name: "fc1.weight" belongs in fc1.
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


OTHER = {"fc1": "fc2", "fc2": "fc1"}


def port_mlp(state_dict):
    return {
        "params": {
            n: {"kernel": jnp.asarray(state_dict[f"{OTHER[n]}.weight"].T), "bias": jnp.asarray(state_dict[f"{OTHER[n]}.bias"])}
            for n in ("fc1", "fc2")
        }
    }


def forward(model, variables, x):
    return model.apply(variables, x)
