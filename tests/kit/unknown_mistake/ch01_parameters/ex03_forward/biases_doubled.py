"""Both biases are doubled."""

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
    def layer(name):
        return {"kernel": jnp.asarray(state_dict[f"{name}.weight"].T), "bias": 2 * jnp.asarray(state_dict[f"{name}.bias"])}

    return {"params": {"fc1": layer("fc1"), "fc2": layer("fc2")}}


def forward(model, variables, x):
    return model.apply(variables, x)
