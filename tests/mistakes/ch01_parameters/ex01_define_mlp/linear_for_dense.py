"""`flax.linen` has no `Linear`. Its layer is called Dense, and takes only the
number of features that come out: `nn.Dense(128)`. (In Flax's newer API, NNX,
the layer is `nnx.Linear(10, 128, rngs=...)`.)
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Linear(10, 128)(x))
        return nn.Linear(128, self.output_dim)(x)
