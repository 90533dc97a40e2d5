"""The result is that of an ordinary convolution: the image gets smaller, not
larger. A transposed convolution is its gradient with respect to the input. Use
`jax.lax.conv_transpose`, or spread the image with `lhs_dilation`.
"""

import jax


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    pads = [(padding, padding + output_padding)] * 2
    y = jax.lax.conv_general_dilated(x, weight, (stride, stride), pads, dimension_numbers=("NHWC", "IOHW", "NHWC"))
    return y + bias
