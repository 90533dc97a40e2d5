"""Its layer pads the image with NumPy, which cannot take a tracer."""

import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_conv(weight):
    return jnp.asarray(weight).transpose(2, 3, 1, 0)


class PaddedConv(nn.Conv):
    border: int = 0

    def __call__(self, x):
        if self.border > 0:
            sides = (self.border, self.border)
            x = np.pad(x, ((0, 0), sides, sides, (0, 0)))
        return super().__call__(x)


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return PaddedConv(
        out_channels,
        (kernel_size, kernel_size),
        strides=(stride, stride),
        padding="VALID",
        kernel_dilation=(dilation, dilation),
        feature_group_count=groups,
        border=padding,
    )
