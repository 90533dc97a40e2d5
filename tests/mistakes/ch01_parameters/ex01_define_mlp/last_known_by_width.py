"""`FlaxMLP(128)` treats both layers alike: a relu after each, or after none.
Usually a loop over the widths tells the layers apart by their widths, which
here are equal. Tell the last layer by its place, not by its size.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        for width in (128, self.output_dim):
            x = nn.Dense(width)(x)
            if width != self.output_dim:
                x = nn.relu(x)
        return x
