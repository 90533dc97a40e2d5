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

    @nn.compact
    def __call__(self, x):
        size = (self.kernel_size, self.kernel_size)
        layer = nn.Conv(self.out_channels, size, self.stride, self.padding, 1, self.dilation, self.groups)
        return layer(x)


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return ConvLayer(out_channels, kernel_size, stride, padding, dilation, groups)
