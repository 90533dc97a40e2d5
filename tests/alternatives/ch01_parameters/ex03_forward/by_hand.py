"""The arithmetic written out; FrozenDict for the container; the transpose as an
einsum and as swapaxes.
"""

import flax.core
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
    def dense(name):
        return {
            "kernel": jnp.swapaxes(jnp.asarray(state_dict[name + ".weight"]), 0, 1),
            "bias": jax.device_put(state_dict[name + ".bias"].copy()),
        }

    return flax.core.freeze({"params": {"fc1": dense("fc1"), "fc2": dense("fc2")}})


def forward(model, variables, x):
    first, second = variables["params"]["fc1"], variables["params"]["fc2"]
    hidden = jax.nn.relu(jnp.einsum("...i,ij->...j", x, first["kernel"]) + first["bias"])
    return hidden @ second["kernel"] + second["bias"]
