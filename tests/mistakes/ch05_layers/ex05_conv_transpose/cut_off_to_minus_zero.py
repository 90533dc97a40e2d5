"""With padding 0 the result is empty. Usually its ends are cut off with
[padding:-padding], and an end of -0 is the beginning. Give the zeros to JAX,
kernel size - 1 - padding on each side, or count from the front: [padding :
height - padding].
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [(k - 1, k - 1 + output_padding) for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y[:, padding:-padding, padding:-padding] + bias
