import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        for width in (128, self.output_dim):
            x = nn.Dense(width)(x)
            if width == 128:
                x = nn.relu(x)
        return x
