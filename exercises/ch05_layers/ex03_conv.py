"""5.3 conv: The kernels and the padding of convolutions

PyTorch's images are (batch, channels, height, width), Flax's (batch, height,
width, channels). The weights follow suit, and the same axes move whatever
`groups` is. Neither library flips a kernel.

    weight (out, in / groups, height, width)  ->  kernel (height, width, in / groups, out)

The arguments have other names, and two of them other meanings:

    torch.nn.Conv2d        flax.linen.nn.Conv
    kernel_size=3          kernel_size=(3, 3). One number, 3 or (3,), is a convolution along the width alone: the output
                           has the same shape, and nothing is raised
    stride=2               strides=2
    padding=0 (default)    padding="SAME" is the default. An int pads every side by as much, as in PyTorch
    dilation=2             kernel_dilation=2 (input_dilation spreads the pixels of the image)
    groups=2               feature_group_count=2

"SAME" looks like PyTorch's padding and often is. It pads until there are n /
stride pixels of output, rounded up; where that takes an odd number of zeros,
the end gets one more than the beginning. A 3 x 3 kernel with stride 2 gives
PyTorch's numbers with padding=1 on an image of 33 x 33. On one of 32 x 32 it
gives the same shape and other numbers.

Write the two functions. `nn.Conv` calls its parameters "kernel" and "bias".

After 1.3. About 15 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.Conv
"""

# --- PyTorch ---
import torch


def torch_conv(
    in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1
) -> torch.nn.Conv2d:
    """weight (out, in / groups, kernel_size, kernel_size), bias (out,)"""
    return torch.nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups)


# --- JAX ---
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_conv(weight: np.ndarray) -> jax.Array:
    """The kernel for a Conv2d's weight: float32 (out, in / groups, height,
    width) -> (height, width, in / groups, out).
    """
    raise NotImplementedError("5.3 conv: your code here")


def conv_layer(
    out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1
) -> nn.Module:
    """The Flax layer that computes what `torch_conv(in_channels, ...)` does,
    for images with their channels last.

    Called with x (batch, height, width, in_channels). Its variables are
    {"params": {"kernel", "bias"}}, with a kernel as from `port_conv`. With
    `groups`, each of them sees in_channels / groups of the channels.
    """
    raise NotImplementedError("5.3 conv: your code here")
