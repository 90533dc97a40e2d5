"""Axes of size 1 are missing from the result: a batch of one comes back without
its batch axis, or one output without its own. Usually that is a `squeeze()`.
TorchMLP keeps all axes; return the second layer's output as it is.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128)(x))
        return nn.Dense(self.output_dim)(x).squeeze()
