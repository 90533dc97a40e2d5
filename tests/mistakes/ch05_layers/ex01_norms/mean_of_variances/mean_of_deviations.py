import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    mean = grouped.mean((1, 2, 4), keepdims=True)
    std = jnp.sqrt(grouped.var((1, 2), keepdims=True) + 1e-5).mean(-1, keepdims=True)
    return ((grouped - mean) / std).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    return nn.RMSNorm(epsilon=jnp.finfo(x.dtype).eps).apply({"params": {"scale": weight}}, x)
