"""computes the variance as E[d^2] - E[d]^2 with d = x - running mean, which
cancels in float32 for x around 1000 while the running mean is still near 0.
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
        if train:
            # one pass; the shift keeps the numbers small
            shift = mean.value
            d = x - shift
            d1 = jnp.mean(d, (0, 1, 2))
            d2 = jnp.mean(d * d, (0, 1, 2))
            m = d1 + shift
            v = jnp.maximum(d2 - d1 * d1, 0.0)
            if not self.is_initializing():
                n = x.size // c
                mean.value = (1 - self.momentum) * mean.value + self.momentum * m
                var.value = (1 - self.momentum) * var.value + self.momentum * v * n / (n - 1)
        else:
            m, v = mean.value, var.value
        return (x - m) * jax.lax.rsqrt(v + self.eps) * gamma + beta
