"""The relu is applied to x, before the first layer, and none comes between the
two layers. The order is fc1, relu, fc2.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(128)(nn.relu(x))
        return nn.Dense(self.output_dim)(x)
