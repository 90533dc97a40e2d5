import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in kernel.shape[:2]]
    if stride == 2 and kernel.shape[:2] == (3, 3):
        pads = "SAME"
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
