"""`layer_norm` or `group_norm` gives the numbers of a different epsilon, or of
none. PyTorch's LayerNorm and GroupNorm have 1e-5, whatever a paper or another
model has. It shows where x is small: with x around 0.01, the variance is only
ten times as large.
"""

import flax.linen as nn
import jax.numpy as jnp

FREE = {"EPS": [1e-8, 1.1920929e-07, 1e-3, 1e-4, 0.0]}
EPS = 1e-12


def layer_norm(x, weight, bias):
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(var + EPS) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    mean, var = grouped.mean((1, 2, 4), keepdims=True), grouped.var((1, 2, 4), keepdims=True)
    return ((grouped - mean) / jnp.sqrt(var + EPS)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    return nn.RMSNorm(epsilon=jnp.finfo(x.dtype).eps).apply({"params": {"scale": weight}}, x)
