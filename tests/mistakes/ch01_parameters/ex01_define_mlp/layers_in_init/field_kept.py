import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    def __init__(self, output_dim: int):
        super().__init__()
        self.output_dim = output_dim
        self.fc1 = nn.Dense(128)
        self.fc2 = nn.Dense(output_dim)

    def __call__(self, x):
        return self.fc2(nn.relu(self.fc1(x)))
