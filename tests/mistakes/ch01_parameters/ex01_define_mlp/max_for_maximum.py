"""An axis is gone after the activation. Usually that is `jnp.max(x, 0)`, the
largest entry along axis 0. The function that compares each entry with 0 is
`jnp.maximum(x, 0)`; `nn.relu(x)` does the same.
"""

import flax.linen as nn
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = jnp.max(nn.Dense(128)(x), 0)
        return nn.Dense(self.output_dim)(x)
