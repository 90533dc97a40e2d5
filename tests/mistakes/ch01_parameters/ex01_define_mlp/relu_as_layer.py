"""`nn.relu()` is called as if it made a layer, as `torch.nn.ReLU()` does. In
Flax relu is a function of the array: `nn.relu(x)`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(128)(x)
        x = nn.relu()(x)
        return nn.Dense(self.output_dim)(x)
