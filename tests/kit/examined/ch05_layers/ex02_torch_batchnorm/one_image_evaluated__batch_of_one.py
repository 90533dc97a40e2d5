"""takes the running statistics, and updates nothing, when the batch is one
image, though height * width gives more than one value per channel.
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
        # one sample has no variance
        use_batch = train and x.shape[0] > 1
        if use_batch:
            n = x.shape[0] * x.shape[1] * x.shape[2]
            mean = jnp.mean(x, (0, 1, 2))
            var = jnp.var(x, (0, 1, 2))
            if not self.is_initializing():
                ra_mean.value += self.momentum * (mean - ra_mean.value)
                ra_var.value += self.momentum * (var * (n / (n - 1)) - ra_var.value)
        else:
            mean, var = ra_mean.value, ra_var.value
        y = (x - mean) / jnp.sqrt(var + self.eps)
        return y * scale + bias
