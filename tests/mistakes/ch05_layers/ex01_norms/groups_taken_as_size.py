"""`group_norm` takes `groups` as the number of channels in a group. In PyTorch
it is the number of groups: 6 channels in 2 groups make 3 channels each. In Flax
that is `num_groups=groups`; `group_size` is the other one.
"""

import flax.linen as nn
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=None, group_size=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return nn.RMSNorm(epsilon=jnp.finfo(x.dtype).eps).apply({"params": {"scale": weight}}, x)
