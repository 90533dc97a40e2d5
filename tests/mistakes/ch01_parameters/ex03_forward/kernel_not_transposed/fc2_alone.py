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
    return {
        "params": {
            "fc1": {"kernel": jnp.asarray(state_dict["fc1.weight"].T), "bias": jnp.asarray(state_dict["fc1.bias"])},
            "fc2": {"kernel": jnp.asarray(state_dict["fc2.weight"]), "bias": jnp.asarray(state_dict["fc2.bias"])},
        }
    }


def forward(model, variables, x):
    return model.apply(variables, x)
