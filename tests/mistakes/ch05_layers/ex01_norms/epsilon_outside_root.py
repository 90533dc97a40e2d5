"""Epsilon acts as if it were added to the standard deviation, `sqrt(var) +
eps`. In PyTorch it is added to the variance, inside the root: `sqrt(var +
eps)`. That is more than a small change where x is small, and `jnp.sqrt` of a
variance of exactly 0 has no finite gradient.
"""

import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, std = x.mean(-1, keepdims=True), x.std(-1, keepdims=True)
    return (x - mean) / (std + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    mean, std = grouped.mean((1, 2, 4), keepdims=True), grouped.std((1, 2, 4), keepdims=True)
    return ((grouped - mean) / (std + 1e-5)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    root = jnp.sqrt((x**2).mean(-1, keepdims=True))
    return x / (root + jnp.finfo(x.dtype).eps) * weight
