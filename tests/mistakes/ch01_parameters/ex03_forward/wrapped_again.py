"""`apply` received "params" inside "params". The variables have that level
already: pass them as they are, `model.apply(variables, x)`.
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
    return {
        "params": {
            n: {"kernel": jnp.asarray(state_dict[f"{n}.weight"].T), "bias": jnp.asarray(state_dict[f"{n}.bias"])}
            for n in ("fc1", "fc2")
        }
    }


def forward(model, variables, x):
    return model.apply({"params": variables}, x)
