"""The activation between the two layers is not a relu: it gives other numbers
than `max(x, 0)`. Usually it is one that newer models have, such as gelu or
silu, or one with a slope below 0. TorchMLP has a relu: `nn.relu(x)`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.output_dim)(nn.gelu(nn.Dense(128)(x)))
