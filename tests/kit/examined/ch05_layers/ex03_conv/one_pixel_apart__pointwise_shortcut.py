"""conv_layer has a shortcut for kernel_size=1 that ignores stride and padding,
so 1 x 1 convolutions with stride 2 or padding 1 give the wrong shape.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_conv(weight: np.ndarray) -> jax.Array:
    return jnp.asarray(np.einsum("oihw->hwio", weight))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1) -> nn.Module:
    if kernel_size == 1:
        # a pointwise convolution: nothing to pad or to dilate
        return nn.Conv(out_channels, (1, 1), feature_group_count=groups)
    return nn.Conv(
        out_channels,
        (kernel_size, kernel_size),
        strides=(stride, stride),
        padding=(padding, padding),
        kernel_dilation=(dilation, dilation),
        feature_group_count=groups,
    )
