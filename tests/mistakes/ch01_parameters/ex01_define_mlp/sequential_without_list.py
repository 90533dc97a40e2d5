"""`nn.Sequential` received its layers one by one, as `torch.nn.Sequential`
does. In Flax it takes them in one list: `nn.Sequential([nn.Dense(128), nn.relu,
...])`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        return nn.Sequential(nn.Dense(128), nn.relu, nn.Dense(self.output_dim))(x)
