"""The entries of "params" are one level deep: a layer and its array share one
name, such as "fc1.weight". Flax's variables are nested: a dict for the layer,
and in it "kernel" and "bias".
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
    return {"params": {name: jnp.asarray(array.T) for name, array in state_dict.items()}}


def forward(model, variables, x):
    return model.apply(variables, x)
