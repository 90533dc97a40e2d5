"""FlaxMLP works when it is called directly, and raises an error under
`jax.jit`: something needs the numbers of x. Usually that is a NumPy function,
`float(...)`, or an `if`. Under `jax.jit` (and `grad`, and `vmap`) x is a
tracer, which has no numbers. Use `jax.numpy` or `flax.linen` instead:
`nn.relu`, `jnp.maximum`, `jnp.where`.
"""

import flax.linen as nn
import numpy as np


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = np.maximum(nn.Dense(128)(x), 0)
        return nn.Dense(self.output_dim)(x)
