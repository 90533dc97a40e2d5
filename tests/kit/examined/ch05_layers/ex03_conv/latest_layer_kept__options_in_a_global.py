"""The layer reads the options from a dict of the module."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_conv(weight: np.ndarray) -> jax.Array:
    return jnp.asarray(weight.transpose(2, 3, 1, 0))


def conv_layer(
    out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1
) -> nn.Module:
    global options
    options = dict(
        features=out_channels,
        kernel_size=(kernel_size, kernel_size),
        strides=stride,
        padding=padding,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
    return Layer()


options = {}


class Layer(nn.Module):
    @nn.compact
    def __call__(self, x):
        kernel = self.param(
            "kernel",
            nn.initializers.lecun_normal(),
            (*options["kernel_size"], x.shape[-1] // options["feature_group_count"], options["features"]),
        )
        bias = self.param("bias", nn.initializers.zeros, (options["features"],))
        p = options["padding"]
        y = jax.lax.conv_general_dilated(
            x,
            kernel,
            (options["strides"],) * 2,
            ((p, p), (p, p)),
            rhs_dilation=(options["kernel_dilation"],) * 2,
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
            feature_group_count=options["feature_group_count"],
        )
        return y + bias
