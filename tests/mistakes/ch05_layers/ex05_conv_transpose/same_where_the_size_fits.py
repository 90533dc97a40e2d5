"""The result has the right shape and other numbers for a 3 x 3 kernel with
stride 2, padding 1 and output_padding 1. Usually "SAME" is used where the
result is `stride` times as large as x. There it puts 2 zeros at the beginning
and 1 at the end, and PyTorch's are 1 and 2. Give the zeros yourself: (k - 1 -
padding, k - 1 - padding + output_padding).
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    height, width = x.shape[1:3]
    high, wide = (
        (n - 1) * stride - 2 * padding + k + output_padding for n, k in zip((height, width), kernel.shape, strict=False)
    )
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in kernel.shape[:2]]
    if high == stride * height and wide == stride * width:
        pads = "SAME"
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
