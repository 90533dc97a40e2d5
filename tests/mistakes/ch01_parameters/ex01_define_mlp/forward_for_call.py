"""The method is called `forward`, as in PyTorch. Flax calls `__call__`; there
is nothing in between that would look for `forward`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    def setup(self):
        self.fc1 = nn.Dense(128)
        self.fc2 = nn.Dense(self.output_dim)

    def forward(self, x):
        return self.fc2(nn.relu(self.fc1(x)))
