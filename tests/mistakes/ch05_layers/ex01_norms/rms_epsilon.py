"""`rms_norm` gives the numbers of a different epsilon, such as 1e-8 or that
of float64. `torch.nn.RMSNorm` has `eps=None` as its default, and that means the
smallest step of x's dtype above 1: `jnp.finfo(x.dtype).eps`, 1.2e-7 for
float32. It shows where x is 0 or around 0.001.
"""

import flax.linen as nn
import jax.numpy as jnp

FREE = {"EPS": [2.220446049250313e-16, 1e-12, 1e-10, 1e-9, 1e-7, 0.0]}
EPS = 1e-8


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return x / jnp.sqrt((x**2).mean(-1, keepdims=True) + EPS) * weight
