import flax.linen as nn
import jax


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        first, second = jax.random.split(jax.random.key(0))
        x = nn.relu(x @ jax.random.normal(first, (10, 128)))
        return x @ jax.random.normal(second, (128, self.output_dim))
