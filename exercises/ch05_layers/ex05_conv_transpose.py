"""5.5 conv_transpose: Transposed convolutions, flipped and padded

`torch.nn.ConvTranspose2d` is the gradient of a Conv2d with respect to its
input. Its weight is that convolution's, so its axes are (in, out, height,
width): in and out are swapped. Its padding removes pixels: with stride 2 and
padding 1, a 4 x 4 kernel turns 3 x 3 pixels into 6 x 6.

`jax.lax.conv_transpose` is a plain convolution over a spread image: between two
pixels it puts stride - 1 zeros. Three things follow, and only the first can
raise an error:

    weight            On the spread image, PyTorch's kernel is rotated by 180
                      degrees. transpose_kernel=True rotates it, and swaps in
                      and out too: pass the axes (height, width, out, in). The
                      letters in dimension_numbers stay "HWIO": they name the
                      axes after that swap.
    padding=p         Becomes kernel size - 1 - p zeros on every side. If that
                      is negative, it cuts off as many rows and columns. "SAME",
                      the default of nn.ConvTranspose, is something else.
    output_padding=o  Makes the result o rows higher and o columns wider: add o
                      more zeros around the spread image, at its bottom and
                      right only.

Write the function with `jax.lax.conv_transpose`; you need no layer. In a model,
`nn.ConvTranspose(features, kernel_size, strides, padding,
transpose_kernel=True)` calls it for you. Its parameters are a "bias" and a
"kernel" with the same axes as here. Stride, padding and output_padding are ints
and apply to height and width; the kernel need not be square. The checks also
compare the gradients of weight and bias, under `jax.jit`.

After 5.3. About 20 minutes.

https://docs.jax.dev/en/latest/_autosummary/jax.lax.conv_transpose.html
"""

# --- PyTorch ---
import torch
import torch.nn.functional as F


def torch_conv_transpose(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, stride: int, padding: int, output_padding: int
) -> torch.Tensor:
    """What `torch.nn.ConvTranspose2d` computes.

    x: (batch, in, height, width); weight: (in, out, kh, kw); bias: (out,)
    """
    return F.conv_transpose2d(x, weight, bias, stride, padding, output_padding)


# --- JAX ---
import jax
import jax.numpy as jnp


def conv_transpose(
    x: jax.Array, weight: jax.Array, bias: jax.Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> jax.Array:
    """`torch.nn.ConvTranspose2d` for images with their channels last.

    x: float32 (batch, height, width, in); weight: as in PyTorch, float32 (in,
    out, kh, kw); bias: (out,).

    Returns float32 (batch, new height, new width, out). The new height is
    (height - 1) * stride - 2 * padding + kh + output_padding, and the new width
    is the same with width and kw.
    """
    raise NotImplementedError("5.5 conv_transpose: your code here")
