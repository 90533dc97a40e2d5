"""The layers, or one of them, have no bias. `torch.nn.Linear` has one, and so
has `nn.Dense` by default: leave `use_bias=False` out, or declare a bias of your
own for each kernel.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128, use_bias=False)(x))
        return nn.Dense(self.output_dim, use_bias=False)(x)
