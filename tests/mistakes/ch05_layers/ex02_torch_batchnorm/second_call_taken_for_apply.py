"""Where a model calls the layer twice, `init` returns statistics that x has
changed. Usually the layer asks `self.has_variable` whether there are statistics
already: in the second call there are, from the first, and it is still `init`.
Update only where `self.is_initializing()` is False.
"""

import flax.linen as nn
import jax.numpy as jnp


class TorchBN(nn.Module):
    momentum: float = 0.1
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x, train):
        features = x.shape[-1]
        initialized = self.has_variable("batch_stats", "mean")
        scale = self.param("scale", nn.initializers.ones, (features,))
        bias = self.param("bias", nn.initializers.zeros, (features,))
        running_mean = self.variable("batch_stats", "mean", jnp.zeros, (features,))
        running_var = self.variable("batch_stats", "var", jnp.ones, (features,))
        if train:
            mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
            if initialized:
                n = x.size // features
                m = self.momentum
                running_mean.value = (1 - m) * running_mean.value + m * mean
                running_var.value = (1 - m) * running_var.value + m * var * n / (n - 1)
        else:
            mean, var = running_mean.value, running_var.value
        return (x - mean) / jnp.sqrt(var + self.eps) * scale + bias
