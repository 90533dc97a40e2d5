"""The output goes through a sigmoid, so it lies between 0 and 1. TorchMLP
returns what its second layer gives. In Flax as in PyTorch, a loss on logits
applies the sigmoid itself.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128)(x))
        return nn.sigmoid(nn.Dense(self.output_dim)(x))
