"""No activation, in setup style with other names."""

import flax.linen as nn
import jax


class FlaxMLP(nn.Module):
    output_dim: int

    def setup(self):
        self.encoder = nn.Dense(features=128)
        self.head = nn.Dense(features=self.output_dim)

    def __call__(self, inputs: jax.Array) -> jax.Array:
        hidden = self.encoder(inputs)
        logits = self.head(hidden)
        return logits
