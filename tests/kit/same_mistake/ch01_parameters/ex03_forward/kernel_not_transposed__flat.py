"""Names renamed in one loop, nothing transposed."""

import flax.linen as nn
import jax.numpy as jnp
from flax.traverse_util import unflatten_dict


class FlaxMLP(nn.Module):
    hidden: int
    output_dim: int

    def setup(self):
        self.fc1 = nn.Dense(self.hidden)
        self.fc2 = nn.Dense(self.output_dim)

    def __call__(self, x):
        return self.fc2(nn.relu(self.fc1(x)))


def port_mlp(state_dict):
    renamed = {"params." + k.replace("weight", "kernel"): jnp.array(v) for k, v in state_dict.items()}
    return unflatten_dict(renamed, sep=".")


def forward(model, variables, x):
    return model.bind(variables)(x)
