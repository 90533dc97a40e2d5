"""Only the first few digits agree: the layers, or one of them, compute in half
precision. Usually that is `dtype=jnp.bfloat16`, as in code for a TPU. TorchMLP
computes in float32, and so does `nn.Dense` by default: leave `dtype` out.
"""

import flax.linen as nn

FREE = {"DTYPE": ["float16"]}
DTYPE = "bfloat16"


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(128, dtype=DTYPE)(x))
        return nn.Dense(self.output_dim)(x)
