"""The mean of `layer_norm` or `rms_norm` is taken over the first axis, the
batch, as BatchNorm does it. Both norms take it over the last axis, for each row
by itself: `x.mean(-1, keepdims=True)`.
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, var = x.mean(0), x.var(0)
    return (x - mean) / jnp.sqrt(var + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return x / jnp.sqrt((x**2).mean(0) + jnp.finfo(x.dtype).eps) * weight
