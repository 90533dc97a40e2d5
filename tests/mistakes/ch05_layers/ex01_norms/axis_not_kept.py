"""The mean has lost the axis that it was taken over, so it does not fit x: (3,
5) beside (3, 5, 7). With `keepdims=True` the axis stays, with length 1, and the
mean is spread over it.
"""

import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, var = x.mean(-1), x.var(-1)
    return (x - mean) / jnp.sqrt(var + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    mean, var = grouped.mean((1, 2, 4)), grouped.var((1, 2, 4))
    return ((grouped - mean) / jnp.sqrt(var + 1e-5)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    return x / jnp.sqrt((x**2).mean(-1) + jnp.finfo(x.dtype).eps) * weight
