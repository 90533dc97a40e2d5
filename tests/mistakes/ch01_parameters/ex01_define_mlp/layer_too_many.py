"""FlaxMLP has three layers. TorchMLP has two: 10 -> 128, relu, 128 ->
`output_dim`. No layer is needed for the input itself.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128)(x))
        x = nn.relu(nn.Dense(128)(x))
        return nn.Dense(self.output_dim)(x)
