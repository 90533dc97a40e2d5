"""The kernel has the right shape and its values are in the wrong places.
`reshape` moves no axis; `jnp.transpose(weight, (2, 3, 1, 0))` does.
"""

import jax


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = weight.reshape(*weight.shape[2:], weight.shape[1], weight.shape[0])
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
