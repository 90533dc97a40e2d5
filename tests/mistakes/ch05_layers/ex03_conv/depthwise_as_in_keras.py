"""A depthwise weight becomes (height, width, channels, 1), the layout of Keras.
In Flax it is a grouped convolution like any other, and its kernel (height,
width, 1, channels): the same transpose as for every weight.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    if weight.shape[1] == 1:
        return jnp.asarray(weight.transpose(2, 3, 0, 1))
    return jnp.asarray(weight.transpose(2, 3, 1, 0))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return nn.Conv(
        out_channels,
        (kernel_size, kernel_size),
        strides=stride,
        padding=padding,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
