"""The values are divided by the variance plus epsilon; the root is missing. For
x around 1 the result looks plausible, for small x it is far too large. Divide
by `jnp.sqrt(var + eps)`, or multiply by `jax.lax.rsqrt(var + eps)`.
"""

import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / (var + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    mean, var = grouped.mean((1, 2, 4), keepdims=True), grouped.var((1, 2, 4), keepdims=True)
    return ((grouped - mean) / (var + 1e-5)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    return x / ((x**2).mean(-1, keepdims=True) + jnp.finfo(x.dtype).eps) * weight
