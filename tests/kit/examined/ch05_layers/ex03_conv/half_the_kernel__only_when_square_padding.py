"""Padding is made so that the size stays (k // 2 * dilation) whenever it is not
0.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_conv(weight: np.ndarray) -> jax.Array:
    return jnp.asarray(weight).transpose(2, 3, 1, 0)


def conv_layer(
    out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1
) -> nn.Module:
    return nn.Conv(
        features=out_channels,
        kernel_size=(kernel_size, kernel_size),
        strides=stride,
        padding=kernel_size // 2 * dilation if padding else 0,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
