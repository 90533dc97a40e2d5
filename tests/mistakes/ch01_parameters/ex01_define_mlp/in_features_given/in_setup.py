import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    def setup(self):
        self.fc1 = nn.Dense(10, 128)
        self.fc2 = nn.Dense(128, self.output_dim)

    def __call__(self, x):
        return self.fc2(nn.relu(self.fc1(x)))
