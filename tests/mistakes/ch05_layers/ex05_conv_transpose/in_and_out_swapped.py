"""In and out of the kernel are exchanged, which raises no error where they are
the same number. ConvTranspose2d's weight is (in, out, height, width). With
`transpose_kernel=True`, JAX takes (height, width, out, in), and "HWIO" in
dimension_numbers all the same.
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
