"""A 1 x 1 convolution with nothing else is a Dense layer."""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.transpose(2, 3, 1, 0))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    if kernel_size == 1 and (stride, padding, groups) == (1, 0, 1):
        return nn.Dense(features=out_channels)
    return nn.Conv(
        out_channels,
        kernel_size=(kernel_size, kernel_size),
        strides=stride,
        padding=padding,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
