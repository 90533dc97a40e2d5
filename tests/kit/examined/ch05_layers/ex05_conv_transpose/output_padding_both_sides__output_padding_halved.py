"""It spreads output_padding over both ends (o // 2 before, the rest after)
instead of bottom and right only; right for output_padding 1, wrong from 2 on
(stride 3 and more).
"""

import jax
import jax.numpy as jnp


def conv_transpose(
    x: jax.Array, weight: jax.Array, bias: jax.Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> jax.Array:
    def ends(size):
        p = size - 1 - padding
        return (p + output_padding // 2, p + output_padding - output_padding // 2)

    kh, kw = weight.shape[-2:]
    flipped = jnp.flip(weight, axis=(-2, -1))
    y = jax.lax.conv_transpose(
        x,
        jnp.transpose(flipped, (2, 3, 0, 1)),
        strides=(stride, stride),
        padding=(ends(kh), ends(kw)),
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )
    return y + bias
