"""`jax.numpy` has no `relu`: it has what NumPy has. The activations are in
`flax.linen` and in `jax.nn`: `nn.relu(x)`.
"""

import flax.linen as nn
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = jnp.relu(nn.Dense(128)(x))
        return nn.Dense(self.output_dim)(x)
