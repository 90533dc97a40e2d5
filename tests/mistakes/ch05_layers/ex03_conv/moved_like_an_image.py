"""One channel axis of the weight is at the end and the other at the front, as
the batch of an image is: (out, height, width, in) or (in, height, width, out).
A Flax kernel begins with height and width and ends with in and out:
`weight.transpose(2, 3, 1, 0)`.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.transpose(0, 2, 3, 1))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return nn.Conv(
        out_channels,
        (kernel_size, kernel_size),
        strides=stride,
        padding=padding,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
