import flax.linen as nn
import jax
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.transpose(2, 3, 1, 0))


class Layer(nn.Module):
    features: int
    size: int
    stride: int
    dilation: int
    groups: int
    padding = 0  # not a field: it has no annotation

    @nn.compact
    def __call__(self, x):
        size, stride, padding, dilation, groups = self.size, self.stride, self.padding, self.dilation, self.groups
        kernel = self.param("kernel", nn.initializers.lecun_normal(), (size, size, x.shape[-1] // groups, self.features))
        bias = self.param("bias", nn.initializers.zeros, (self.features,))
        pads = ((padding, padding), (padding, padding))
        axes, twice = ("NHWC", "HWIO", "NHWC"), (dilation, dilation)
        y = jax.lax.conv_general_dilated(
            x, kernel, (stride, stride), pads, rhs_dilation=twice, dimension_numbers=axes, feature_group_count=groups
        )
        return y + bias


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    Layer.padding = padding
    return Layer(out_channels, kernel_size, stride, dilation, groups)
