"""`group_norm` takes the mean over bands of rows, each with all channels.
Usually the image was reshaped to (batch, groups, ...), as one does in PyTorch;
with the channels last, that cuts along the height. Reshape to (batch, height,
width, groups, channels / groups) instead.
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(x.shape[0], groups, -1)
    mean, var = grouped.mean(-1, keepdims=True), grouped.var(-1, keepdims=True)
    return ((grouped - mean) / jnp.sqrt(var + 1e-5)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    mean_square = (x**2).mean(-1, keepdims=True)
    return x / jnp.sqrt(mean_square + jnp.finfo(x.dtype).eps) * weight
