"""The last two axes of the kernel are the wrong way round. ConvTranspose2d's
weight is (in, out, height, width), and with `transpose_kernel=True` JAX wants
(height, width, out, in), and "HWIO" in dimension_numbers all the same. Where
both numbers are the same, nothing is raised.
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 0, 1))
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
