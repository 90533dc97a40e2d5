"""Zeros put around the image, then a convolution without padding; axes moved
two at a time.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    return jnp.swapaxes(jnp.moveaxis(jnp.asarray(weight), (2, 3), (0, 1)), 2, 3)


class PaddedConv(nn.Conv):
    around: int = 0

    def __call__(self, x):
        zeros = (self.around, self.around)
        return super().__call__(jnp.pad(x, ((0, 0), zeros, zeros, (0, 0))))


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    pair = (kernel_size,) * 2
    shared = dict(strides=(stride, stride), padding="VALID", kernel_dilation=(dilation, dilation))
    return PaddedConv(out_channels, pair, feature_group_count=groups, around=padding, **shared)
