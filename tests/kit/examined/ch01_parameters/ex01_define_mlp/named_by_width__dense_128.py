"""Names each layer after its width, so output_dim = 128 gives two layers the
same name and Flax raises an error.
"""

import flax.linen as nn
import jax


class FlaxMLP(nn.Module):
    output_dim: int

    def _dense(self, width: int) -> nn.Dense:
        return nn.Dense(width, name=f"dense_{width}")

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return self._dense(self.output_dim)(nn.relu(self._dense(128)(x)))
