import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, var = x.mean(-1, keepdims=True), x.std(-1, keepdims=True) ** 2
    return (x - mean) / jnp.sqrt(var + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    mean = grouped.mean((1, 2, 4), keepdims=True)
    var = grouped.std((1, 2, 4), keepdims=True) ** 2
    return ((grouped - mean) / jnp.sqrt(var + 1e-5)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    return nn.RMSNorm(epsilon=jnp.finfo(x.dtype).eps).apply({"params": {"scale": weight}}, x)
