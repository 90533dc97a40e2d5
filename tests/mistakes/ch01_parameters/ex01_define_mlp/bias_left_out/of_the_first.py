import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128, use_bias=False)(x))
        return nn.Dense(self.output_dim)(x)
