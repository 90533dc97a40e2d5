"""The relu comes after the second layer, and none comes between the two. The
order is fc1, relu, fc2.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(128)(x)
        x = nn.Dense(self.output_dim)(x)
        return nn.relu(x)
