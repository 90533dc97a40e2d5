"""Pads (0, padding): the beginning of each axis gets nothing."""

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
        padding=((0, 2 * padding), (0, 2 * padding)),
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
