"""A method uses the name `output_dim`, which does not exist there. It is a
field of the dataclass: write `self.output_dim`, as for an attribute set in
PyTorch's `__init__`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128)(x))
        return nn.Dense(output_dim)(x)  # noqa: F821
