"""counts n as batch * height**2, so the stored variance is wrong for images
whose width is not their height.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class TorchBN(nn.Module):
    """`torch.nn.BatchNorm2d` for images with their channels last."""

    momentum: float = 0.1  # the weight of the new batch, as in PyTorch
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        features = x.shape[-1]
        scale = self.param("scale", nn.initializers.ones, (features,))
        bias = self.param("bias", nn.initializers.zeros, (features,))
        ra_mean = self.variable("batch_stats", "mean", jnp.zeros, (features,))
        ra_var = self.variable("batch_stats", "var", jnp.ones, (features,))
        batch, size, _, _ = x.shape
        if train:
            n = batch * size**2
            mean = jnp.mean(x, axis=(0, 1, 2))
            var = jnp.mean(jnp.square(x - mean), axis=(0, 1, 2))
            if not self.is_initializing():
                keep = 1.0 - self.momentum
                ra_mean.value = keep * ra_mean.value + self.momentum * mean
                ra_var.value = keep * ra_var.value + self.momentum * var * n / (n - 1)
        else:
            mean, var = ra_mean.value, ra_var.value
        return (x - mean) * (scale * jax.lax.rsqrt(var + self.eps)) + bias
