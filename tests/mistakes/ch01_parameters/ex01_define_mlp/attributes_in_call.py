"""A layer is assigned to `self` inside `__call__`. A module cannot be changed
there: in a compact method, keep the layer in a local variable or call it at
once, `x = nn.Dense(128)(x)`. Attributes belong in `setup`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        self.fc1 = nn.Dense(128)
        self.fc2 = nn.Dense(self.output_dim)
        return self.fc2(nn.relu(self.fc1(x)))
