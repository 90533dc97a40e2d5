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
    if x.ndim == 1:
        return model.apply(variables, x)
    return jnp.stack([forward(model, variables, row) for row in x])
