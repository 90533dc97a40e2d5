import flax.linen as nn

FREE = {"DTYPE": ["float16"]}
DTYPE = "bfloat16"


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128, dtype=DTYPE)(x))
        return nn.Dense(self.output_dim, dtype=DTYPE)(x)
