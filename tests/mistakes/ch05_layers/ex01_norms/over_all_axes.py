"""The mean is taken over all axes, with or without the first. `F.layer_norm(x,
x.shape[1:])` does that. With the number of features as its shape,
`torch.nn.LayerNorm` or `RMSNorm` takes it over the last axis, for each row by
itself: `x.mean(-1, keepdims=True)`.
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    axes = tuple(range(1, x.ndim))
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return (x - mean) / jnp.sqrt(var + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    axes = tuple(range(1, x.ndim))
    return x / jnp.sqrt((x**2).mean(axes, keepdims=True) + jnp.finfo(x.dtype).eps) * weight
