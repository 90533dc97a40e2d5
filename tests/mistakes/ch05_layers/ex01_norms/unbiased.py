"""The variance is the unbiased one, divided by n - 1. `torch.var` computes that
by default, but PyTorch's norms divide by n, and so does `jnp.var` without
`ddof`.
"""

import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True, ddof=1)
    return (x - mean) / jnp.sqrt(var + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    mean, var = grouped.mean((1, 2, 4), keepdims=True), grouped.var((1, 2, 4), keepdims=True, ddof=1)
    return ((grouped - mean) / jnp.sqrt(var + 1e-5)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    mean_square = (x**2).mean(-1, keepdims=True)
    return x / jnp.sqrt(mean_square + jnp.finfo(x.dtype).eps) * weight
