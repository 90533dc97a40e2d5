"""Where `padding` is 0, the layer pads as "SAME". Usually `padding` is passed
on only where it is not 0, or as `padding or ...`, and "SAME" is the default of
`nn.Conv`. PyTorch's default is no padding. Pass the number on whatever it is:
`padding=padding`.
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
        padding=padding or "SAME",
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
