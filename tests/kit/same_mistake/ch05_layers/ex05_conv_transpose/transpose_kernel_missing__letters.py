import jax


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in weight.shape[2:]]
    y = jax.lax.conv_transpose(x, weight, (stride, stride), pads, dimension_numbers=("NHWC", "OIHW", "NHWC"))
    return y + bias
