"""A layer is made in a method that has no `@nn.compact` above it. Flax lets
layers be made in two places only: in a method marked `@nn.compact`, or in
`setup`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    def __call__(self, x):
        x = nn.relu(nn.Dense(128)(x))
        return nn.Dense(self.output_dim)(x)
