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
    return {name: jnp.asarray(array) for name, array in state_dict.items()}


def forward(model, variables, x):
    hidden = nn.relu(x @ variables["fc1.weight"].T + variables["fc1.bias"])
    return hidden @ variables["fc2.weight"].T + variables["fc2.bias"]
