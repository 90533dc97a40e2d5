"""The result has two axes whatever x has: a single example or a batch of
batches comes out in another shape, or raises an error. Usually the input is
reshaped to (batch, features) first. TorchMLP works on the last axis alone,
whatever stands before it, and so does `nn.Dense`: leave the reshape out.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = x.reshape((x.shape[0], -1))
        x = nn.relu(nn.Dense(128)(x))
        return nn.Dense(self.output_dim)(x)
