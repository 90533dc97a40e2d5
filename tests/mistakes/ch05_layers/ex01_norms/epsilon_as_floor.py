"""Epsilon acts as a lower bound: the root is that of the variance or epsilon,
whichever is larger. PyTorch's norms add it, `sqrt(var + eps)`, always. The
numbers differ most where the variance is near epsilon.
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(jnp.maximum(var, 1e-5)) * weight + bias


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return nn.RMSNorm(epsilon=jnp.finfo(x.dtype).eps).apply({"params": {"scale": weight}}, x)
