"""`group_norm` returns the channels at axis 1. Usually x was transposed to
PyTorch's (batch, channels, height, width) for the groups, and not back. Return
an array of x's shape, or keep the channels last: reshape x to (batch, height,
width, groups, channels / groups).
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    x = x.transpose(0, 3, 1, 2)
    grouped = x.reshape(x.shape[0], groups, -1)
    mean, var = grouped.mean(-1, keepdims=True), grouped.var(-1, keepdims=True)
    return ((grouped - mean) / jnp.sqrt(var + 1e-5)).reshape(x.shape) * weight[:, None, None] + bias[:, None, None]


def rms_norm(x, weight):
    mean_square = (x**2).mean(-1, keepdims=True)
    return x / jnp.sqrt(mean_square + jnp.finfo(x.dtype).eps) * weight
