import jax
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    """By definition: the gradient of the convolution in its input."""
    (n, h, w, _), (_, out, kh, kw) = x.shape, weight.shape
    height = (h - 1) * stride - 2 * padding + kh + output_padding
    width = (w - 1) * stride - 2 * padding + kw + output_padding

    def convolution(y):
        return jax.lax.conv_general_dilated(y, weight, (stride, stride), [(padding, padding)] * 2)

    _, back = jax.vjp(convolution, jnp.zeros((n, out, height, width)))
    (y,) = back(x.transpose(0, 3, 1, 2))
    return y.transpose(0, 2, 3, 1) + bias
