"""`group_norm` gives the same numbers whatever `groups` is. Usually the number
is written down in the call: all channels together as one group, or Flax's
default of 32, or one group per channel. Pass the argument on,
`num_groups=groups`.
"""

import flax.linen as nn
import jax.numpy as jnp

FREE = {"GROUPS": [32, 2]}
GROUPS = 1


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=GROUPS, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return nn.RMSNorm(epsilon=jnp.finfo(x.dtype).eps).apply({"params": {"scale": weight}}, x)
