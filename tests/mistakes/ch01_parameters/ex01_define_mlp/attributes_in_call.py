"""`__call__` sets an attribute of `self`, and a Flax module cannot be changed
there. Usually that is a layer, as in PyTorch's `__init__`. In a compact method
keep it in a local variable, or call it at once: `x = nn.Dense(128)(x)`.
Attributes belong in `setup`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        self.fc1 = nn.Dense(128)
        self.fc2 = nn.Dense(self.output_dim)
        return self.fc2(nn.relu(self.fc1(x)))
