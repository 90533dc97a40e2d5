"""The numbers are right, but where x is zero, as padding is, a gradient is NaN.
Usually a length or a standard deviation was taken and squared again, by
`jnp.linalg.norm` or `x.std()`: a root has no finite derivative at 0. Take the
mean of the squares, or the variance, and one root, of it plus epsilon.
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    square = jnp.linalg.norm(x, axis=-1, keepdims=True) ** 2 / x.shape[-1]
    return x / jnp.sqrt(square + jnp.finfo(x.dtype).eps) * weight
