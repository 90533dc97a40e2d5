"""Parameters declared one by one, the kernels in PyTorch's layout."""

import flax.linen as nn
import jax


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        draw = jax.nn.initializers.normal(0.1)
        w1, b1 = self.param("w1", draw, (128, 10)), self.param("b1", draw, (128,))
        w2, b2 = self.param("w2", draw, (self.output_dim, 128)), self.param("b2", draw, (self.output_dim,))
        return jax.nn.relu(x @ w1.T + b1) @ w2.T + b2
