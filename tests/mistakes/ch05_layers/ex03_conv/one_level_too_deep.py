"""The kernel and the bias lie one level too deep, as in {"params": {"conv":
{"kernel", "bias"}}}. Usually the convolution is a layer inside a module of
your own, and Flax gives each layer a level of its own. Return the `nn.Conv`
itself.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.transpose(2, 3, 1, 0))


class ConvLayer(nn.Module):
    out_channels: int
    kernel_size: int
    stride: int
    padding: int
    dilation: int
    groups: int

    def setup(self):
        self.conv = nn.Conv(
            self.out_channels,
            (self.kernel_size, self.kernel_size),
            strides=self.stride,
            padding=self.padding,
            kernel_dilation=self.dilation,
            feature_group_count=self.groups,
        )

    def __call__(self, x):
        return self.conv(x)


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return ConvLayer(out_channels, kernel_size, stride, padding, dilation, groups)
