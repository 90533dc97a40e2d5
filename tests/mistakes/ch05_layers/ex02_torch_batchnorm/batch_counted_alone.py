"""The stored variance is corrected with a different n than PyTorch's. n counts
the values of a channel: one per pixel of each image, batch * height * width or
`x.size // features`. Usually n was the batch size, or the pixels of one image,
or `x.size`, or the images were taken for squares, or the axes were PyTorch's,
(0, 2, 3): here the last one holds the channels.
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
            mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
            if not self.is_initializing():
                n = x.shape[0]
                m = self.momentum
                running_mean.value = (1 - m) * running_mean.value + m * mean
                running_var.value = (1 - m) * running_var.value + m * var * n / (n - 1)
        else:
            mean, var = running_mean.value, running_var.value
        return (x - mean) / jnp.sqrt(var + self.eps) * scale + bias
