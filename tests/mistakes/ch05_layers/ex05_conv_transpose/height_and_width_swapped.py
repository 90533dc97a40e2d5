"""The height and width of the kernel are exchanged. Usually all four axes were
reversed with `.T`, which is (width, height, out, in); a square kernel raises no
error. The axes are `jnp.transpose(weight, (2, 3, 1, 0))`.
"""

import jax


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = weight.T
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
