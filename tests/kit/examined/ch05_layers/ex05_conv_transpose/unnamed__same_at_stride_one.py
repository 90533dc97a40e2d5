import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kh, kw = weight.shape[2:]
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in (kh, kw)]
    if stride == 1 and kh == kw and padding == kh // 2:
        pads = "SAME"
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
