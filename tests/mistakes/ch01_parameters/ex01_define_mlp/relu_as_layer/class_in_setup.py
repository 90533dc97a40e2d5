import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    def setup(self):
        self.fc1 = nn.Dense(128)
        self.relu = nn.ReLU()
        self.fc2 = nn.Dense(self.output_dim)

    def __call__(self, x):
        return self.fc2(self.relu(self.fc1(x)))
