"""Zipped with names of one's own, in the order of the state_dict."""

import flax.linen as nn
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.hidden, name="fc1")(x)
        return nn.Dense(self.output_dim, name="fc2")(nn.relu(x))


def port_mlp(state_dict):
    weights = iter(jnp.asarray(v).T for v in state_dict.values() if v.ndim > 1)
    biases = iter(jnp.asarray(v) for v in state_dict.values() if v.ndim == 1)
    return {"params": {n: dict(kernel=next(weights), bias=next(biases)) for n in ["fc1", "fc2"]}}


def forward(model, variables, x):
    return model.apply(variables, x)
