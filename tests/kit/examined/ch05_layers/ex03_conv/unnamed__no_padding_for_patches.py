import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_conv(weight):
    return jnp.asarray(np.transpose(weight, (2, 3, 1, 0)))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return nn.Conv(
        out_channels,
        kernel_size=(kernel_size, kernel_size),
        strides=(stride, stride),
        padding="VALID" if stride == kernel_size else padding,
        kernel_dilation=(dilation, dilation),
        feature_group_count=groups,
    )
