"""A function such as relu received a layer where it takes an array.
`nn.Dense(128)` makes a layer; call the layer on x to get its output:
`nn.Dense(128)(x)`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128))
        return nn.Dense(self.output_dim)(x)
