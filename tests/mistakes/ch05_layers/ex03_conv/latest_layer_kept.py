"""The first of two layers takes an argument of the second for its own. Usually
`conv_layer` leaves them in a global or in an attribute of a class, where the
last call wins, and the layer reads them when it runs. Pass them to the layer
that you return, as its fields.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def port_conv(weight):
    return jnp.asarray(weight.transpose(2, 3, 1, 0))


options = {}


class Layer(nn.Module):
    @nn.compact
    def __call__(self, x):
        size, stride, padding, dilation, groups = options["others"]
        kernel = self.param("kernel", nn.initializers.lecun_normal(), (size, size, x.shape[-1] // groups, options["features"]))
        bias = self.param("bias", nn.initializers.zeros, (options["features"],))
        pads = ((padding, padding), (padding, padding))
        axes, twice = ("NHWC", "HWIO", "NHWC"), (dilation, dilation)
        y = jax.lax.conv_general_dilated(
            x, kernel, (stride, stride), pads, rhs_dilation=twice, dimension_numbers=axes, feature_group_count=groups
        )
        return y + bias


def conv_layer(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    options["features"] = out_channels
    options["others"] = (kernel_size, stride, padding, dilation, groups)
    return Layer()
