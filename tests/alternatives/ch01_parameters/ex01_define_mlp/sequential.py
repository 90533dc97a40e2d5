"""nn.Sequential inside setup; the parameters stand one level deeper."""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    def setup(self):
        self.net = nn.Sequential([nn.Dense(128), nn.relu, nn.Dense(self.output_dim)])

    def __call__(self, x):
        return self.net(x)
