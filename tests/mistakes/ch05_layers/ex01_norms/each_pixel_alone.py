"""`group_norm` normalizes each pixel with the mean and variance of that pixel's
channels alone. GroupNorm takes them over the whole image: height, width and the
group's channels together. Usually the mean is over the last axis only; take it
over the axes of height, width and of the channels in a group.
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    mean, var = grouped.mean(-1, keepdims=True), grouped.var(-1, keepdims=True)
    return ((grouped - mean) / jnp.sqrt(var + 1e-5)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    mean_square = (x**2).mean(-1, keepdims=True)
    return x / jnp.sqrt(mean_square + jnp.finfo(x.dtype).eps) * weight
