"""The number of outputs does not follow `output_dim`: it is hard-coded.
`output_dim` is a field of the dataclass. Inside a method it is
`self.output_dim`, like an attribute set in PyTorch's `__init__`.
"""

import flax.linen as nn

FREE = {"OUTPUTS": [1, 10, 128]}
OUTPUTS = 3


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128)(x))
        return nn.Dense(OUTPUTS)(x)
