"""5.9 pooling: Windows that reach over the border

PyTorch's pooling takes images (batch, channels, height, width), Flax's
`nn.max_pool` and `nn.avg_pool` (batch, height, width, channels). Given
PyTorch's layout, they pool over the wrong axes and raise no error. The
arguments differ as well:

    F.max_pool2d, F.avg_pool2d     nn.max_pool, nn.avg_pool
    kernel_size=(3, 2)             window_shape=(3, 2)
    stride=None: kernel_size       strides=None: 1
    padding=(1, 0)                 padding=((1, 1), (0, 0)), before and after
    ceil_mode=True                 no such argument
    count_include_pad=True         count_include_pad=True

The padding of a maximum is -inf, not 0: with zeros, a window of negative
numbers at the border gives 0. nn.max_pool pads with -inf by itself.

With ceil_mode=True, a last window that does not fit is kept. It needs more
padding after the image than before. A window that would begin behind the image,
in the padding, is dropped. Along an axis of n pixels, with kernel size k,
stride s and padding p, there are

    ceil_mode=False    (n + 2 * p - k) // s + 1
    ceil_mode=True     (n + 2 * p - k + s - 1) // s + 1, one less if the last
                       one begins at pixel n or later

windows, and the first begins at pixel -p.

By what is a mean divided? With count_include_pad=True by all pixels of the
window and of the padding p, with False by the pixels of the image alone. What
ceil_mode adds beyond the padding p never counts. nn.avg_pool knows one padding,
and counts all of it or nothing.

In bfloat16, nn.avg_pool adds up in bfloat16: the mean of 32 x 32 numbers
between 1 and 2 came out as 0.5. PyTorch adds up in float32, and rounds once, at
the end.

Adaptive pooling has no counterpart in Flax. From n pixels to m, window i goes
from pixel floor(i * n / m) to ceil((i + 1) * n / m), without the last. Windows
have different sizes, and may share pixels. To one pixel, it is global pooling:
`x.mean((1, 2))`.

Write the three functions. They must work under `jax.jit`, with all arguments
except x static, and their gradients must be PyTorch's. (Where pixels tie for a
maximum, PyTorch gives the first of them all of the gradient, as nn.max_pool
does. The checks do not ask for that.)

After 5.3. About 25 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.avg_pool
"""

# --- PyTorch ---
import torch
import torch.nn.functional as F


def torch_max_pool(
    x: torch.Tensor, kernel_size: tuple[int, int], stride: tuple[int, int] | None, padding: tuple[int, int], ceil_mode: bool
) -> torch.Tensor:
    """x: (batch, channels, height, width)."""
    return F.max_pool2d(x, kernel_size, stride, padding, ceil_mode=ceil_mode)


def torch_avg_pool(
    x: torch.Tensor,
    kernel_size: tuple[int, int],
    stride: tuple[int, int] | None,
    padding: tuple[int, int],
    ceil_mode: bool,
    count_include_pad: bool,
) -> torch.Tensor:
    return F.avg_pool2d(x, kernel_size, stride, padding, ceil_mode, count_include_pad)


def torch_adaptive_avg_pool(x: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    return F.adaptive_avg_pool2d(x, size)


# --- JAX ---
import math

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


# <solution>
def window_starts(x, kernel_size, stride, padding, ceil_mode):
    """For each axis of the image, the pixels at which windows begin."""
    found = []
    for n, k, s, p in zip(x.shape[1:3], kernel_size, stride, padding, strict=True):
        rounded_up = s - 1 if ceil_mode else 0
        begins = np.arange((n + 2 * p - k + rounded_up) // s + 1) * s - p
        found.append(begins[begins < n])
    return found


def padding_for(x, kernel_size, starts):
    """The padding before and after each axis with which windows begin there."""
    axes = zip(x.shape[1:3], kernel_size, starts, strict=True)
    return [(-begins[0], max(begins[-1] + k - n, 0)) for n, k, begins in axes]


# </solution>


def max_pool(
    x: jax.Array,
    kernel_size: tuple[int, int],
    stride: tuple[int, int] | None = None,
    padding: tuple[int, int] = (0, 0),
    ceil_mode: bool = False,
) -> jax.Array:
    """`F.max_pool2d` for images with their channels last.

    x: float32, bfloat16, float16, int32, int16, int8 or uint8 (batch, height,
        width, channels). The result has the same dtype. No number may change,
        not even a large integer.
    kernel_size, stride, padding: along the height and along the width. stride
        None is kernel_size. padding is at most half of kernel_size.
    A NaN in a window makes its maximum NaN.
    """
    # <solution>
    stride = stride or kernel_size
    starts = window_starts(x, kernel_size, stride, padding, ceil_mode)
    return nn.max_pool(x, kernel_size, stride, padding_for(x, kernel_size, starts))
    # </solution>


def avg_pool(
    x: jax.Array,
    kernel_size: tuple[int, int],
    stride: tuple[int, int] | None = None,
    padding: tuple[int, int] = (0, 0),
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> jax.Array:
    """`F.avg_pool2d` for images with their channels last.

    x: float32, bfloat16 or float16 (batch, height, width, channels). The
        result has the same dtype; sums are float32, and only the result is
        rounded.
    The other arguments are like those of `max_pool`.
    """
    # <solution>
    stride = stride or kernel_size
    starts = window_starts(x, kernel_size, stride, padding, ceil_mode)
    means = nn.avg_pool(x.astype(jnp.float32), kernel_size, stride, padding_for(x, kernel_size, starts))
    counts = []
    for n, k, p, begins in zip(x.shape[1:3], kernel_size, padding, starts, strict=True):
        border = p if count_include_pad else 0
        counts.append(np.minimum(begins + k, n + border) - np.maximum(begins, -border))
    divisors = counts[0][:, None, None] * counts[1][:, None]
    return (means * math.prod(kernel_size) / divisors).astype(x.dtype)
    # </solution>


def adaptive_avg_pool(x: jax.Array, size: tuple[int, int]) -> jax.Array:
    """`F.adaptive_avg_pool2d` for images with their channels last.

    x: float32, bfloat16 or float16 (batch, height, width, channels). Returns
        (batch, *size, channels) of the same dtype; sums are float32, and only
        the result is rounded.
    size: 1 or more along each axis; it may be larger than the image.
    A NaN or inf changes only the windows that it is in.
    """

    # <solution>
    def means(x, axis, new):
        old = x.shape[axis]
        parts = [jax.lax.slice_in_dim(x, i * old // new, -(-(i + 1) * old // new), axis=axis) for i in range(new)]
        return jnp.concatenate([part.mean(axis, keepdims=True) for part in parts], axis)

    return means(means(x.astype(jnp.float32), 1, size[0]), 2, size[1]).astype(x.dtype)
    # </solution>
