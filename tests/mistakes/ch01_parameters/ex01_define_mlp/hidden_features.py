"""The layer in the middle has a different number of features than TorchMLP's.
fc1 turns 10 into 128: `nn.Dense(128)`. The 10 is read from x.
"""

import flax.linen as nn

FREE = {"HIDDEN": [10, 32, 256]}
HIDDEN = 64


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(HIDDEN)(x))
        return nn.Dense(self.output_dim)(x)
