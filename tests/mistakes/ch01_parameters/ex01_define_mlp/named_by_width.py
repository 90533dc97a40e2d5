"""`FlaxMLP(128)` raises an error: with 128 outputs, both layers are of one
width. Usually the layers are named after their widths, or kept in a dict by
them, so that the second takes the place of the first. Leave the names to Flax,
or number them: fc1, fc2.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128, name="fc_128")(x))
        return nn.Dense(self.output_dim, name=f"fc_{self.output_dim}")(x)
