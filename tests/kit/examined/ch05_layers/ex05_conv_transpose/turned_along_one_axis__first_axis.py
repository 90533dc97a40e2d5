import jax


def conv_transpose(
    x: jax.Array, weight: jax.Array, bias: jax.Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> jax.Array:
    kh, kw = weight.shape[2:]
    kernel = weight.transpose(2, 3, 0, 1)[::-1]
    top, left = kh - 1 - padding, kw - 1 - padding
    y = jax.lax.conv_transpose(
        x,
        kernel,
        strides=(stride, stride),
        padding=[(top, top + output_padding), (left, left + output_padding)],
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )
    return y + bias
