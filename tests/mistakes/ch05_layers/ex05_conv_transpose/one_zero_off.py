"""There is one zero too many, or one too few, on the sides of the spread image.
A kernel of k pixels reaches k - 1 beyond a pixel: PyTorch's padding becomes
kernel size - 1 - padding zeros.
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [(k - padding, k - padding + output_padding) for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
