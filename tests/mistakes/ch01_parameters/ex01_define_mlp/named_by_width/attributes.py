import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    def setup(self):
        for width in (128, self.output_dim):
            setattr(self, f"fc{width}", nn.Dense(width))

    def __call__(self, x):
        return getattr(self, f"fc{self.output_dim}")(nn.relu(self.fc128(x)))
