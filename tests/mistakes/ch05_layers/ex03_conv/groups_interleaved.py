"""With groups, the channels of one group lie `groups` apart. In both libraries
they are neighbors: the first in / groups channels give the first out / groups
outputs. Usually the groups are cut as `x[..., i::groups]`. `nn.Conv` cuts them
as PyTorch does: `feature_group_count=groups`.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.transpose(2, 3, 1, 0))


class GroupedConv(nn.Module):
    features: int
    size: int
    stride: int
    padding: int
    dilation: int
    groups: int

    @nn.compact
    def __call__(self, x):
        shape = (self.size, self.size, x.shape[-1] // self.groups, self.features)
        kernel = self.param("kernel", nn.initializers.lecun_normal(), shape)
        bias = self.param("bias", nn.initializers.zeros, (self.features,))
        parts = [
            jax.lax.conv_general_dilated(
                x[..., i :: self.groups],
                jnp.split(kernel, self.groups, axis=-1)[i],
                (self.stride, self.stride),
                [(self.padding, self.padding)] * 2,
                rhs_dilation=(self.dilation, self.dilation),
                dimension_numbers=("NHWC", "HWIO", "NHWC"),
            )
            for i in range(self.groups)
        ]
        return jnp.concatenate(parts, -1) + bias


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return GroupedConv(out_channels, kernel_size, stride, padding, dilation, groups)
