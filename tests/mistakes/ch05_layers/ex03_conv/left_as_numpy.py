"""`port_conv` returns a NumPy array. Its values are right; make it a JAX array,
`jnp.asarray(weight.transpose(2, 3, 1, 0))`.
"""

import flax.linen as nn


def port_conv(weight):
    return weight.transpose(2, 3, 1, 0)


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return nn.Conv(
        out_channels,
        (kernel_size, kernel_size),
        strides=stride,
        padding=padding,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
