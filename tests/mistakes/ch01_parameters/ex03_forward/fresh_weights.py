"""The output does not depend on the variables that `forward` receives. Usually
the model was given fresh weights by `init`. That is for the beginning, to make
weights; afterwards call `apply` with the weights that you have.
"""

import flax.linen as nn
import jax
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
    fresh = model.init(jax.random.key(0), x)
    return model.apply(fresh, x)
