"""Not every side of the image gets `padding` zeros: one end, or one of the
axes, has fewer. `padding=1` puts one zero at both ends of height and width. In
Flax that is `padding=1` too, or a pair of pairs, ((1, 1), (1, 1)).
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
        padding=((0, 2 * padding), (0, 2 * padding)),
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
