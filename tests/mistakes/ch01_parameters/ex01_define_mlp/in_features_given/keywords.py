import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(in_features=10, out_features=128)(x))
        return nn.Dense(in_features=128, out_features=self.output_dim)(x)
