"""Nested in one line: Python makes the outer layer first, so Flax calls the
output layer Dense_0.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.output_dim)(nn.relu(nn.Dense(128)(x)))
