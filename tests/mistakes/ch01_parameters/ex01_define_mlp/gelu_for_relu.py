"""The activation is a gelu; TorchMLP has a relu, `nn.relu`."""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.output_dim)(nn.gelu(nn.Dense(128)(x)))
