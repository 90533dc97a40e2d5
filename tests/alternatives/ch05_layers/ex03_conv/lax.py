"""The convolution itself, on PyTorch's layout; the kernel by einsum."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def port_conv(weight):
    return jnp.einsum("oihw->hwio", weight)


class Convolution(nn.Module):
    out: int
    size: int
    options: tuple

    @nn.compact
    def __call__(self, x):
        stride, padding, dilation, groups = self.options
        shape = (self.size, self.size, x.shape[-1] // groups, self.out)
        kernel = self.param("kernel", nn.initializers.lecun_normal(), shape)
        bias = self.param("bias", nn.initializers.zeros, (self.out,))
        y = jax.lax.conv_general_dilated(
            x.transpose(0, 3, 1, 2),
            kernel,
            (stride, stride),
            [(padding, padding)] * 2,
            rhs_dilation=(dilation, dilation),
            dimension_numbers=("NCHW", "HWIO", "NHWC"),
            feature_group_count=groups,
        )
        return y + bias


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    return Convolution(out_channels, kernel_size, (stride, padding, dilation, groups))
