"""For a 1 x 1 kernel, the layer cannot take the kernel that `port_conv`
returns, (1, 1, in, out). Usually it is a Dense, whose numbers are the same
and whose kernel is (in, out). Return an `nn.Conv` for every size.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.transpose(2, 3, 1, 0))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    if kernel_size == 1 and stride == 1 and padding == 0 and groups == 1:
        return nn.Dense(out_channels)
    return nn.Conv(
        out_channels,
        kernel_size=(kernel_size, kernel_size),
        strides=stride,
        padding=padding,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
