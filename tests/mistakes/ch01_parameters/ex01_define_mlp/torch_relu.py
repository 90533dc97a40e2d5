"""The name `torch` does not exist in the JAX section. `torch.relu` works on
PyTorch's own tensors alone. For a JAX array there is `nn.relu`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = torch.relu(nn.Dense(128)(x))
        return nn.Dense(self.output_dim)(x)
