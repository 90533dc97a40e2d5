"""Axes (2, 3, 1, 0) without transpose_kernel and padding "VALID", as in the
report: in and out are swapped (the report had in = out). From jax-ml/jax issue
#11252.
"""

import flax.linen as nn
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    layer = nn.ConvTranspose(weight.shape[1], kernel_size=weight.shape[2:], strides=(stride, stride), padding="VALID")
    params = {"kernel": jnp.transpose(weight, (2, 3, 1, 0)), "bias": bias}
    return layer.apply({"params": params}, x)
