"""The variance is mean(x^2) - mean^2, which loses its digits where the mean is
large beside the spread.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class TorchBN(nn.Module):
    momentum: float = 0.1  # the share of the new, as in PyTorch
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        features = x.shape[-1]
        scale = self.param("scale", nn.initializers.ones, (features,))
        bias = self.param("bias", nn.initializers.zeros, (features,))
        ra_mean = self.variable("batch_stats", "mean", jnp.zeros, (features,))
        ra_var = self.variable("batch_stats", "var", jnp.ones, (features,))
        if train:
            mean = x.mean((0, 1, 2))
            var = jnp.mean(x**2, axis=(0, 1, 2)) - mean**2
            if not self.is_initializing():
                n = x.shape[0] * x.shape[1] * x.shape[2]
                ra_mean.value = (1 - self.momentum) * ra_mean.value + self.momentum * mean
                ra_var.value = (1 - self.momentum) * ra_var.value + self.momentum * var * n / (n - 1)
        else:
            mean, var = ra_mean.value, ra_var.value
        return (x - mean) / jnp.sqrt(var + self.eps) * scale + bias
