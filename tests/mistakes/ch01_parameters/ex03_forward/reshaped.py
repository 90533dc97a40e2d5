"""The kernels have the right shapes and the wrong numbers: they hold the
weight's numbers row by row. Usually that is a `reshape` to (in, out), which
keeps the order and only cuts it into other rows. `weight.T` turns rows into
columns.
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
    params = {}
    for layer in ("fc1", "fc2"):
        weight = state_dict[f"{layer}.weight"]
        params[layer] = {
            "kernel": jnp.asarray(weight.reshape(weight.shape[1], weight.shape[0])),
            "bias": jnp.asarray(state_dict[f"{layer}.bias"]),
        }
    return {"params": params}


def forward(model, variables, x):
    return model.apply(variables, x)
