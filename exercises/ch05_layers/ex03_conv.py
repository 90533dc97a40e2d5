"""5.3 conv: The kernels and the padding of convolutions

PyTorch's images are (batch, channels, height, width), Flax's (batch, height,
width, channels). The weights differ accordingly, with the same axes moved
whatever `groups` is. Neither library flips a kernel.

    weight    (out, in / groups, height, width)
    kernel    (height, width, in / groups, out)

The arguments have different names, and two of them different meanings:

    torch.nn.Conv2d        flax.linen.Conv
    kernel_size=3          kernel_size=(3, 3)
    stride=2               strides=2
    padding=0 (default)    padding=0; the default is "SAME"
    padding=1              padding=1, on every side, as in PyTorch
    dilation=2             kernel_dilation=2
    groups=2               feature_group_count=2

A single number as kernel_size, 3 or (3,), gives a convolution along the width
alone. It raises no error, and where the padding keeps the size of the image,
even the output's shape is right. input_dilation spreads the pixels of the
image, not the kernel.

"SAME" looks like PyTorch's padding and often is. It pads so that n pixels
become n / stride, rounded up. Where that takes an odd number of zeros, the end
gets one more than the beginning. With a 3 x 3 kernel and stride 2, it gives
PyTorch's numbers for padding=1 on an image of 33 x 33. On one of 32 x 32, it
gives the same shape and different numbers.

Write the two functions. `nn.Conv` names its parameters "kernel" and "bias". The
checks run the layer under `jax.jit`.

After 1.3. About 15 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.Conv
"""

# --- PyTorch ---
import torch


def torch_conv(
    in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1
) -> torch.nn.Conv2d:
    """A Conv2d with weight (out, in / groups, kernel_size, kernel_size) and
    bias (out,).
    """
    return torch.nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups)


# --- JAX ---
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_conv(weight: np.ndarray) -> jax.Array:
    """The Flax kernel for a Conv2d's weight.

    weight: float32 (out, in / groups, height, width). Returns float32 (height,
    width, in / groups, out).
    """
    raise NotImplementedError("5.3 conv: your code here")


def conv_layer(
    out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1
) -> nn.Module:
    """The Flax layer that computes what `torch_conv(in_channels, ...)` does,
    for images with their channels last.

    The layer takes x (batch, height, width, in_channels). Its variables are
    {"params": {"kernel", "bias"}}, with the kernel as `port_conv` returns it.
    Each of the `groups` groups sees in_channels / groups channels.
    """
    raise NotImplementedError("5.3 conv: your code here")
