"""The numbers are right, but where all values of a channel are equal, as behind
a ReLU that is 0 everywhere, a gradient is NaN. Usually a standard deviation,
`x.std()`, was taken and squared again: a root has no finite derivative at 0.
Take the variance, and one root, of it plus `eps`.
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
            mean, var = x.mean((0, 1, 2)), x.std((0, 1, 2)) ** 2
            if not self.is_initializing():
                n = x.size // features
                m = self.momentum
                running_mean.value = (1 - m) * running_mean.value + m * mean
                running_var.value = (1 - m) * running_var.value + m * var * n / (n - 1)
        else:
            mean, var = running_mean.value, running_var.value
        return (x - mean) / jnp.sqrt(var + self.eps) * scale + bias
