"""The arrays land in places that depend on the order of the state_dict. Usually
its entries are taken by position. A dict is read by name, "fc1.weight",
"fc1.bias", ...: with a different order the weights land in the wrong places,
and where the shapes agree there is no error.
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
    arrays = [jnp.asarray(a) for a in state_dict.values()]
    first, second = [a for a in arrays if a.ndim == 2]
    bias1, bias2 = [a for a in arrays if a.ndim == 1]
    return {"params": {"fc1": {"kernel": first.T, "bias": bias1}, "fc2": {"kernel": second.T, "bias": bias2}}}


def forward(model, variables, x):
    return model.apply(variables, x)
