"""The kernel has the axes (height, width, out, in), and JAX reads the third as
in and the fourth as out, and does not rotate the kernel as PyTorch does. Add
`transpose_kernel=True`: it swaps the two and rotates the kernel by 180 degrees.
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return y + bias
