import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, std = x.mean(-1, keepdims=True), x.std(-1, keepdims=True, ddof=1)
    return (x - mean) / jnp.sqrt(std**2 + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(x.shape[0], -1, groups, x.shape[-1] // groups)
    mean, std = grouped.mean((1, 3), keepdims=True), grouped.std((1, 3), keepdims=True, ddof=1)
    return ((grouped - mean) / jnp.sqrt(std**2 + 1e-5)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    return nn.RMSNorm(epsilon=jnp.finfo(x.dtype).eps).apply({"params": {"scale": weight}}, x)
