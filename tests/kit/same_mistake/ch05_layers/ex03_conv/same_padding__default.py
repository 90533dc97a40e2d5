"""No padding passed at all."""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    return jnp.transpose(weight, (2, 3, 1, 0))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return nn.Conv(
        features=out_channels,
        kernel_size=[kernel_size] * 2,
        strides=(stride, stride),
        kernel_dilation=(dilation, dilation),
        feature_group_count=groups,
    )
