import jax


def conv_transpose(
    x: jax.Array, weight: jax.Array, bias: jax.Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> jax.Array:
    kh, kw = weight.shape[2:]
    kernel = weight.transpose(2, 3, 1, 0)
    height = (x.shape[1] - 1) * stride + kh
    width = (x.shape[2] - 1) * stride + kw
    y = jax.lax.conv_transpose(
        x,
        kernel,
        strides=(stride, stride),
        padding=[(kh - 1, kh - 1), (kw - 1, kw - 1)],
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        transpose_kernel=True,
    )
    y = y[:, padding : height - padding + output_padding, padding : width - padding + output_padding]
    return y + bias
