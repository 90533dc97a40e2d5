"""Where output_padding is larger than padding, rows and columns are missing at
the end. Usually the result without padding is computed, and cut off at [padding
: height - padding + output_padding]: it does not reach that far. Give the zeros
to JAX: (k - 1 - padding, k - 1 - padding + output_padding).
"""

import jax


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = weight.transpose(2, 3, 1, 0)
    pads = [(k - 1, k - 1) for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    height, width = (size - padding + output_padding for size in y.shape[1:3])
    return y[:, padding:height, padding:width] + bias
