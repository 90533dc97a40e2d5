"""conv_layer passes padding on only if it is not 0, so padding=0 falls back to
Flax's default "SAME" and the image is padded, for every kernel larger than 1 x
1.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_conv(weight: np.ndarray) -> jax.Array:
    return jnp.moveaxis(jnp.asarray(weight), (0, 1), (3, 2))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1) -> nn.Module:
    options = {}
    if stride != 1:
        options["strides"] = (stride, stride)
    if padding:
        options["padding"] = padding
    if dilation != 1:
        options["kernel_dilation"] = (dilation, dilation)
    if groups != 1:
        options["feature_group_count"] = groups
    return nn.Conv(out_channels, kernel_size=(kernel_size, kernel_size), **options)
