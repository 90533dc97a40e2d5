import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = jnp.flip(jnp.moveaxis(weight, (0, 1), (2, 3)), (0, 1))
    height, width = weight.shape[2:]
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in (height, width)]
    return (
        jax.lax.conv_general_dilated(
            x, kernel, (1, 1), pads, lhs_dilation=(stride, stride), dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        + bias
    )
