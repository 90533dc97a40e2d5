"""Its layer puts input channel c into group c % groups instead of neighbouring
channels into one group, for groups above one with in_channels / groups above
one.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax


def port_conv(weight: np.ndarray) -> jax.Array:
    return jnp.asarray(weight).transpose(2, 3, 1, 0)


class GroupedConv(nn.Module):
    features: int
    size: int
    stride: int
    pad: int
    dilation: int
    groups: int

    @nn.compact
    def __call__(self, x):
        per_group = x.shape[-1] // self.groups
        kernel = self.param("kernel", nn.initializers.lecun_normal(), (self.size, self.size, per_group, self.features))
        bias = self.param("bias", nn.initializers.zeros, (self.features,))
        parts = [
            lax.conv_general_dilated(
                x[..., g :: self.groups],
                part,
                window_strides=(self.stride, self.stride),
                padding=[(self.pad, self.pad)] * 2,
                rhs_dilation=(self.dilation, self.dilation),
                dimension_numbers=("NHWC", "HWIO", "NHWC"),
            )
            for g, part in enumerate(jnp.split(kernel, self.groups, axis=-1))
        ]
        return jnp.concatenate(parts, axis=-1) + bias


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1) -> nn.Module:
    return GroupedConv(out_channels, kernel_size, stride, padding, dilation, groups)
