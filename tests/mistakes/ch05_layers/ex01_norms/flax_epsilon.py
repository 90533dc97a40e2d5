"""The numbers are those of Flax's epsilon, 1e-6. PyTorch's LayerNorm and
GroupNorm have 1e-5, its RMSNorm `jnp.finfo(x.dtype).eps`. Where x is around 1
the difference is too small to see; where x is small it is not. Usually
`epsilon=` was left out; pass it.
"""

import flax.linen as nn


def layer_norm(x, weight, bias):
    return nn.LayerNorm(use_fast_variance=False).apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return nn.RMSNorm().apply({"params": {"scale": weight}}, x)
