import jax
import numpy as np


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = np.array(weight.transpose(2, 3, 1, 0))
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
