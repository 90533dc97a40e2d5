import jax


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    """No axis is moved: the letters say where JAX finds them, I and O as they
    are after its swap.
    """
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in weight.shape[2:]]
    y = jax.lax.conv_transpose(
        x, weight, (stride, stride), pads, dimension_numbers=("NHWC", "OIHW", "NHWC"), transpose_kernel=True
    )
    return y + bias
