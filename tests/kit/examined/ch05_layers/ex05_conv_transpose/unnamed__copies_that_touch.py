import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kh, kw = weight.shape[2:]
    if stride == kh == kw and padding == 0:
        y = jnp.einsum("bhwi,iokl->bhkwlo", x, weight)
        return y.reshape(x.shape[0], x.shape[1] * kh, x.shape[2] * kw, -1) + bias
    kernel = weight.transpose(2, 3, 1, 0)
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in (kh, kw)]
    y = jax.lax.conv_transpose(
        x,
        kernel,
        (stride, stride),
        pads,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        transpose_kernel=True,
    )
    return y + bias
