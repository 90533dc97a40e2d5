"""Output_padding is taken to append rows and columns of zeros to the result
(and then the bias); in PyTorch the kernel reaches into these rows where padding
took something away.
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    kh, kw = kernel.shape[:2]
    pads = [(k - 1 - padding, k - 1 - padding) for k in (kh, kw)]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    y = jnp.pad(y, ((0, 0), (0, output_padding), (0, output_padding), (0, 0)))
    return y + bias
