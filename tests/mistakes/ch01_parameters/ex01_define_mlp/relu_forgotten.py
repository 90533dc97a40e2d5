"""No relu takes effect between the two layers, and two linear layers alone are
one linear layer. Usually `nn.relu(x)` is missing, or its result is not kept: it
leaves x as it is and returns a new array, so write `x = nn.relu(x)`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(128)(x)
        return nn.Dense(self.output_dim)(x)
