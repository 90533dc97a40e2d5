import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    x -= x.mean()
    return nn.LayerNorm(epsilon=1e-5).apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    x -= x.mean()
    return nn.GroupNorm(num_groups=groups, epsilon=1e-5).apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    mean_square = (x**2).mean(-1, keepdims=True)
    return x / jnp.sqrt(mean_square + jnp.finfo(x.dtype).eps) * weight
