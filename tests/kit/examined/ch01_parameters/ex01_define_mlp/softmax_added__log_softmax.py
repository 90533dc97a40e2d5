"""A log_softmax is applied to the output."""

import flax.linen as nn
import jax


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.relu(nn.Dense(128)(x))
        return nn.log_softmax(nn.Dense(self.output_dim)(x))
