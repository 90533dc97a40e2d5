"""The numbers are right, and the arrays are still NumPy's. Flax takes them, but
they lack what a `jax.Array` has (`.at[...]`, a device), and each use copies
them to the device again. `jnp.asarray(array)` makes them JAX arrays.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(self.output_dim, name="fc2")(x)


def port_mlp(state_dict):
    return {"params": {n: {"kernel": state_dict[f"{n}.weight"].T, "bias": state_dict[f"{n}.bias"]} for n in ("fc1", "fc2")}}


def forward(model, variables, x):
    return model.apply(variables, x)
