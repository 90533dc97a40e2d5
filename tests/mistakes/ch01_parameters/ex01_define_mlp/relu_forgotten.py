"""There is no relu between the two layers. In PyTorch you call `torch.relu(...)` in `forward`; in Flax you call
`nn.relu(...)` in `__call__`. Without it, two linear layers are one linear layer.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(128)(x)
        return nn.Dense(self.output_dim)(x)
