import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_conv(weight: np.ndarray) -> jax.Array:
    """The Flax kernel for a Conv2d's weight.

    weight: float32 (out, in / groups, height, width). Returns float32 (height,
    width, in / groups, out).
    """
    return jnp.asarray(np.transpose(weight, (2, 3, 1, 0)))


def conv_layer(
    out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1
) -> nn.Module:
    """The Flax layer that computes what `torch_conv(in_channels, ...)` does,
    for images with their channels last.

    The layer takes x (batch, height, width, in_channels). Its variables are
    {"params": {"kernel", "bias"}}, with the kernel as `port_conv` returns it.
    Each of the `groups` groups sees in_channels / groups channels.
    """
    pads = "SAME" if stride == 1 and dilation == 1 and padding == kernel_size // 2 else padding
    return nn.Conv(
        out_channels,
        kernel_size=(kernel_size, kernel_size),
        strides=stride,
        padding=pads,
        kernel_dilation=dilation,
        feature_group_count=groups,
    )
