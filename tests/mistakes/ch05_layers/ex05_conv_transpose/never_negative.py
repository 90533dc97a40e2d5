"""Where padding is larger than kernel size - 1, the result is too large. The
number of zeros, kernel size - 1 - padding, is negative there, and JAX then cuts
off as many rows and columns, as PyTorch does. Usually `max(..., 0)` prevents
that; leave it out.
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [(max(k - 1 - padding, 0), max(k - 1 - padding + output_padding, 0)) for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
