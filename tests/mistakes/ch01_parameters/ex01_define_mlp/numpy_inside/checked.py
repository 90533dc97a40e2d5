import flax.linen as nn
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        if not jnp.isfinite(x).all():
            x = jnp.nan_to_num(x)
        x = nn.relu(nn.Dense(128)(x))
        return nn.Dense(self.output_dim)(x)
