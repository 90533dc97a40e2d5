"""In `group_norm` the channels of a group lie apart: every `groups`-th channel
is in the same one. A group is made of neighboring channels. Usually the
channels were reshaped to (channels / groups, groups); reshape them to (groups,
channels / groups).
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], -1, groups)
    mean, var = grouped.mean((1, 2, 3), keepdims=True), grouped.var((1, 2, 3), keepdims=True)
    return ((grouped - mean) / jnp.sqrt(var + 1e-5)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    mean_square = (x**2).mean(-1, keepdims=True)
    return x / jnp.sqrt(mean_square + jnp.finfo(x.dtype).eps) * weight
