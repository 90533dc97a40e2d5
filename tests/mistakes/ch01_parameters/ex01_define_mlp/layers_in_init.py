"""FlaxMLP has an `__init__` of its own that makes layers, as in PyTorch. A Flax
module is a dataclass, and its `__init__` is written for it. Make layers in
`__call__` under `@nn.compact`, or in `setup(self)`, which Flax calls when it
needs them.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    def __init__(self, output_dim):
        super().__init__()
        self.fc1 = nn.Dense(128)
        self.fc2 = nn.Dense(output_dim)

    def __call__(self, x):
        return self.fc2(nn.relu(self.fc1(x)))
