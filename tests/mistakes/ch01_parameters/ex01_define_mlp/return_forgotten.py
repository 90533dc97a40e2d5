"""`__call__` returns None. Its last line must be `return` and the second
layer's output, as in PyTorch's `forward`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128)(x))
        x = nn.Dense(self.output_dim)(x)
