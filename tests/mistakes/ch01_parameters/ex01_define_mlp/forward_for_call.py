"""FlaxMLP has no `__call__`. Usually the method is called `forward`, as in
PyTorch. Flax calls `__call__` itself; nothing in between looks for `forward`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    def setup(self):
        self.fc1 = nn.Dense(128)
        self.fc2 = nn.Dense(self.output_dim)

    def forward(self, x):
        return self.fc2(nn.relu(self.fc1(x)))
