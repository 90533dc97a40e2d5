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
    for name in ("fc1", "fc2"):
        params[name] = {"kernel": jnp.asarray(state_dict[name + ".weight"].T), "bias": jnp.asarray(state_dict[name + ".bias"])}
    return params


def forward(model, params, x):
    hidden = nn.relu(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"]
