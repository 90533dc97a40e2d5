"""The layer pads by half of the kernel, whatever the number in `padding`. That
keeps the size of the image, and often is what `padding` says, but `padding` may
be any number. Pass it on: `padding=padding`.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.transpose(2, 3, 1, 0))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return nn.Conv(
        out_channels,
        (kernel_size, kernel_size),
        strides=stride,
        padding=kernel_size // 2 * dilation if padding else 0,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
