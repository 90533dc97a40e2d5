"""The kernel slides over the spread image as it is. PyTorch's transposed
convolution rotates it by 180 degrees. Let JAX do that, with
`transpose_kernel=True` and the axes (height, width, out, in); without it, flip
height and width yourself.
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 0, 1))
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return y + bias
