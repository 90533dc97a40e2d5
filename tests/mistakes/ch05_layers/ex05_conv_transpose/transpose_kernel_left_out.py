"""The kernel was brought into the order (height, width, out, in), which JAX takes only with `transpose_kernel=True`. Without
it the kernel is not turned, and its last two axes are read as (in, out).
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return y + bias
