import flax.linen as nn
import jax.numpy as jnp


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kh, kw = weight.shape[2:]
    layer = nn.ConvTranspose(
        features=weight.shape[1],
        kernel_size=(kh, kw),
        strides=(stride, stride),
        padding=[(k - 1 - padding, k - 1 - padding + output_padding) for k in (kh, kw)],
        transpose_kernel=True,
    )
    return layer.apply({"params": {"kernel": jnp.transpose(weight, (2, 3, 1, 0)), "bias": bias}}, x)
