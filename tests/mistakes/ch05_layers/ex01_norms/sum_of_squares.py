"""`rms_norm` divides by the root of the sum of the squares, so each row has
length 1 before the weight. RMSNorm divides by the root of their mean: the
features have a mean square of 1. Usually that is `jnp.linalg.norm`, or `sum`
for `mean`.
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
    return x / jnp.sqrt((x**2).sum(-1, keepdims=True) + jnp.finfo(x.dtype).eps) * weight
