"""The results of two calls of `port_mlp` share dicts: what is written into one
is in the other as well. Usually the arrays are put into a dict that exists
once, such as a default argument or one of the module; then porting a second
model replaces the weights of the first. Make new dicts inside the function.
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


VARIABLES = {"params": {"fc1": {}, "fc2": {}}}


def port_mlp(state_dict):
    for name, layer in VARIABLES["params"].items():
        layer["kernel"] = jnp.asarray(state_dict[f"{name}.weight"].T)
        layer["bias"] = jnp.asarray(state_dict[f"{name}.bias"])
    return VARIABLES


def forward(model, variables, x):
    return model.apply(variables, x)
