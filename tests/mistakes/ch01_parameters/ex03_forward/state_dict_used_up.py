"""`port_mlp` changes the dict that it receives: the caller's state_dict has
other entries afterwards, and cannot be ported a second time. Usually its
entries are taken out with `pop`, or renamed in place. Read them,
`state_dict["fc1.weight"]`, and put what you make of them into new dicts.
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
    def layer(name):
        weight, bias = state_dict.pop(f"{name}.weight"), state_dict.pop(f"{name}.bias")
        return {"kernel": jnp.asarray(weight.T), "bias": jnp.asarray(bias)}

    return {"params": {name: layer(name) for name in ("fc1", "fc2")}}


def forward(model, variables, x):
    return model.apply(variables, x)
