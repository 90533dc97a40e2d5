"""The output goes through a softmax, or through the logarithm of one: its rows
are probabilities. TorchMLP returns logits. PyTorch's cross_entropy takes those,
and so does optax's, and applies the softmax itself. Return the second layer's
output as it is.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128)(x))
        return nn.softmax(nn.Dense(self.output_dim)(x))
