import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128)(x))
        return nn.Dense(self.output_dim, use_bias=False)(x)
