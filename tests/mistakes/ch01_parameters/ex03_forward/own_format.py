"""`port_mlp` and `forward` fit each other, and neither fits FlaxMLP: the
variables have a form of their own, which `forward` expects. Usually the level
"params" or the transposition is left to `forward`. Let `port_mlp` do all of it,
so that its result looks like that of `model.init`; then `model.apply(variables,
x)` takes both.
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
    for name in ("fc1", "fc2"):
        params[name] = {"kernel": jnp.asarray(state_dict[name + ".weight"].T), "bias": jnp.asarray(state_dict[name + ".bias"])}
    return params


def forward(model, params, x):
    return model.apply({"params": params}, x)
