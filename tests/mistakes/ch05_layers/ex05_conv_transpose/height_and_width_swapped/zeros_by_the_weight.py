import jax


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = weight.T
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in weight.shape[2:]]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
