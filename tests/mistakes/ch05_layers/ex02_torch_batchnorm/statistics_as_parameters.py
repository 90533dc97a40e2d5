"""The running mean and variance are among the parameters. An optimizer moves
parameters, and a module cannot write to them. Statistics belong in
"batch_stats": make them with `self.variable`, not with `self.param`.
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
        running_mean = self.param("mean", nn.initializers.zeros, (features,))
        running_var = self.param("var", nn.initializers.ones, (features,))
        if train:
            mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
            if not self.is_initializing():
                n = x.size // features
                m = self.momentum
                running_mean = (1 - m) * running_mean + m * mean
                running_var = (1 - m) * running_var + m * var * n / (n - 1)
        else:
            mean, var = running_mean, running_var
        return (x - mean) / jnp.sqrt(var + self.eps) * scale + bias
