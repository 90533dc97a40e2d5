import flax.linen as nn
import jax
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean = x.mean(-1, keepdims=True)
    var = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(var + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    if groups == x.shape[-1]:
        params = {"scale": weight, "bias": bias}
        return nn.InstanceNorm(epsilon=1e-5).apply({"params": params}, x)
    grouped = x.reshape(*x.shape[:-1], groups, x.shape[-1] // groups)
    center = grouped.mean((1, 2, 4), keepdims=True)
    spread = ((grouped - center) ** 2).mean((1, 2, 4), keepdims=True)
    normed = (grouped - center) / jnp.sqrt(spread + 1e-5)
    return normed.reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    square = (x * x).mean(-1, keepdims=True)
    return x / jnp.sqrt(square + jnp.finfo(x.dtype).eps) * weight
