"""It computes the "VALID" result and crops it, but "VALID" never gives fewer
than stride rows per pixel, so the output is too large where the kernel is
smaller than the stride.
"""

import jax
import jax.numpy as jnp


def conv_transpose(
    x: jax.Array, weight: jax.Array, bias: jax.Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> jax.Array:
    y = jax.lax.conv_transpose(
        x,
        jnp.transpose(weight, (2, 3, 1, 0)),
        strides=(stride, stride),
        padding="VALID",
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        transpose_kernel=True,
    )
    y = jnp.pad(y, ((0, 0), (0, output_padding), (0, output_padding), (0, 0)))
    y = y[:, padding : y.shape[1] - padding, padding : y.shape[2] - padding, :]
    return y + bias
