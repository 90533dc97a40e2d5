"""`rms_norm` divides by the standard deviation, the root of the mean of (x -
mean)^2. RMSNorm subtracts no mean anywhere: it divides by the root of the mean
of x^2, `jnp.sqrt((x**2).mean(-1, keepdims=True) + eps)`.
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return x / jnp.sqrt(x.var(-1, keepdims=True) + jnp.finfo(x.dtype).eps) * weight
