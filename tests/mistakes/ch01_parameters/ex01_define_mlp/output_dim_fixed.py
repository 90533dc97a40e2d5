"""The number of outputs is written down as a number. `output_dim` is a field of
the dataclass: inside a method it is `self.output_dim`, as an attribute set in
PyTorch's `__init__` is.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128)(x))
        return nn.Dense(3)(x)
