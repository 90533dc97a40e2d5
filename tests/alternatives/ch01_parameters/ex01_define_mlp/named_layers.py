"""Compact, with PyTorch's names."""

import flax.linen as nn
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        hidden = nn.Dense(features=128, name="fc1")(x)
        return nn.Dense(features=self.output_dim, name="fc2")(jnp.maximum(hidden, 0))
