import flax.linen as nn
import jax
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    """The same function: 10 -> 128 -> relu -> output_dim.

    Fields: output_dim, the number of features that come out.
    """

    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (..., 10). Returns float32 (..., output_dim)."""
        x = nn.Dense(128)(x)
        x = (x + jnp.abs(x)) / 2
        return nn.Dense(self.output_dim)(x)
