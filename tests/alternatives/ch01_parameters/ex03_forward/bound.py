"""`bind` gives a callable that carries its variables; setup style, names split
off the state_dict's keys.
"""

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
    flat = {}
    for name, array in state_dict.items():
        layer, leaf = name.split(".")
        flat["params", layer, {"weight": "kernel", "bias": "bias"}[leaf]] = jnp.array(array.T)
    return unflatten_dict(flat)


def forward(model, variables, x):
    return model.bind(variables)(x)
