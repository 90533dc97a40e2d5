"""A kernel holds the weight as PyTorch stores it, (out, in). Flax stores a
kernel as (in, out): `weight.T`, for every layer. Where the two sizes are the
same, only the numbers tell.
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
    for layer in ("fc1", "fc2"):
        params[layer] = {
            "kernel": jnp.asarray(state_dict[f"{layer}.weight"]),
            "bias": jnp.asarray(state_dict[f"{layer}.bias"]),
        }
    return {"params": params}


def forward(model, variables, x):
    return model.apply(variables, x)
