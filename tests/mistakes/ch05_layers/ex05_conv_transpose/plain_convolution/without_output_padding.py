import jax


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    y = jax.lax.conv_general_dilated(
        x, weight, (stride, stride), [(padding, padding)] * 2, dimension_numbers=("NHWC", "IOHW", "NHWC")
    )
    return y + bias
