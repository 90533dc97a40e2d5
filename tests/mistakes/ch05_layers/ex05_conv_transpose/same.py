"""The result has the size that `padding="SAME"` gives: stride times the
input's, whatever PyTorch's padding is. That can be right, as for a kernel of 4
with stride 2 and padding 1; for one of 3 with output_padding, or without
padding at stride 1, it is not. Give the zeros yourself: kernel size - 1 -
padding on each side, and output_padding more at the end.
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = "SAME"
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
