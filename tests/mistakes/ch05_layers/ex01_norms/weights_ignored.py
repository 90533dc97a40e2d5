"""The values are normalized, and `weight` or `bias` (or both) has no effect.
Multiply by the weight and add the bias at the end, or pass both to Flax's layer
as "scale" and "bias".
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    return nn.LayerNorm(epsilon=1e-5, use_fast_variance=False, use_scale=False, use_bias=False).apply({}, x)


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False, use_scale=False, use_bias=False)
    return layer.apply({}, x)


def rms_norm(x, weight):
    return nn.RMSNorm(epsilon=jnp.finfo(x.dtype).eps, use_scale=False).apply({}, x)
