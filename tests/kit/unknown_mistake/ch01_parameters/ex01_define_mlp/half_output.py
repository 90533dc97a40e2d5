"""A wrong answer that nobody has written up: the output is halved."""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128)(x))
        return 0.5 * nn.Dense(self.output_dim)(x)
