"""No relu takes effect between the two layers, and two linear layers alone are
one linear layer. `nn.relu` is a function: it leaves x as it is and returns a
new array, `x = nn.relu(x)`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(128)(x)
        return nn.Dense(self.output_dim)(x)
