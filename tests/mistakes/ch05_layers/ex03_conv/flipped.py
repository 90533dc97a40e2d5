"""The kernel is flipped in height and width, as a convolution in the
mathematical sense asks for. Neither PyTorch nor Flax flips: both lay the kernel
on the image as it is. Move the axes and leave their order alone.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.transpose(2, 3, 1, 0)[::-1, ::-1].copy())


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return nn.Conv(
        out_channels,
        (kernel_size, kernel_size),
        strides=stride,
        padding=padding,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
