import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.sigmoid(nn.Dense(128)(x))
        return nn.Dense(self.output_dim)(x)
