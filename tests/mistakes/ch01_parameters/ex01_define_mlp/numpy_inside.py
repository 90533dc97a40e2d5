"""A NumPy function is called on an array of JAX. Called directly that works;
under `jax.jit` (and `grad`, and `vmap`) the array is a stand-in without
numbers, and NumPy cannot have one. Use `jax.numpy` or `flax.linen` instead:
`nn.relu`, `jnp.maximum`.
"""

import flax.linen as nn
import numpy as np


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = np.maximum(nn.Dense(128)(x), 0)
        return nn.Dense(self.output_dim)(x)
