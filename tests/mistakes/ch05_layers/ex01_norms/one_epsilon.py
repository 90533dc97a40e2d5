"""`rms_norm` gives the numbers of epsilon 1e-5, LayerNorm's. `torch.nn.RMSNorm`
has `eps=None` as its default, and that means the smallest step of the dtype
above 1, `jnp.finfo(x.dtype).eps`.
"""

import flax.linen as nn


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return nn.RMSNorm(epsilon=1e-5).apply({"params": {"scale": weight}}, x)
