"""A relu is made as if it were a layer, as `torch.nn.ReLU()` is. In Flax it is
a function of the array: `x = nn.relu(x)`, and in an `nn.Sequential` it stands
as `nn.relu`, without parentheses. There is no `nn.ReLU`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(128)(x)
        x = nn.relu()(x)
        return nn.Dense(self.output_dim)(x)
