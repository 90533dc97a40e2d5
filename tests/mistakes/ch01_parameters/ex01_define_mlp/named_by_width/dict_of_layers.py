import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        layers = {width: nn.Dense(width) for width in (128, self.output_dim)}
        return layers[self.output_dim](nn.relu(layers[128](x)))
