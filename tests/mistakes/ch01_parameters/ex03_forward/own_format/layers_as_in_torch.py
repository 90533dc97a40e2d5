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
    params = {"fc1": {}, "fc2": {}}
    for name, array in state_dict.items():
        layer, kind = name.split(".")
        params[layer]["kernel" if kind == "weight" else "bias"] = jnp.asarray(array)
    return params


def linear(layer, x):
    return x @ layer["kernel"].T + layer["bias"]


def forward(model, params, x):
    return linear(params["fc2"], nn.relu(linear(params["fc1"], x)))
