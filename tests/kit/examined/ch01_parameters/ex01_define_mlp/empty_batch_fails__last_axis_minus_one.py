"""Unfolds the batch with reshape(*batch, -1), which an empty batch does not
allow.
"""

import flax.linen as nn
import jax


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        batch = x.shape[:-1]
        x = x.reshape(-1, 10)
        x = nn.relu(nn.Dense(128)(x))
        x = nn.Dense(self.output_dim)(x)
        return x.reshape(*batch, -1)
