"""in init, the output is normalized with the running 0 and 1."""

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
        mean = self.variable("batch_stats", "mean", jnp.zeros, (features,))
        var = self.variable("batch_stats", "var", jnp.ones, (features,))
        n = x.size // features
        if train and not self.is_initializing():
            m = x.mean(axis=(0, 1, 2))
            v = jnp.mean((x - m) ** 2, axis=(0, 1, 2))
            mean.value = (1 - self.momentum) * mean.value + self.momentum * m
            var.value = (1 - self.momentum) * var.value + self.momentum * v * n / (n - 1)
        else:
            m, v = mean.value, var.value
        return (x - m) / jnp.sqrt(v + self.eps) * scale + bias
