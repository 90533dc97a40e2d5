"""5.5 conv_transpose: Transposed convolutions, flipped and padded

`torch.nn.ConvTranspose2d` is the gradient of a Conv2d with respect to its
input: what the convolution takes apart, it puts together. Its weight is that
convolution's, so the axes are (in, out, height, width), in and out the other
way round than in Conv2d, and its padding takes away: with stride 2 and padding
1, a 4 x 4 kernel makes 6 x 6 pixels of 3 x 3.

`jax.lax.conv_transpose` is a plain convolution over an image that was spread
out: between two pixels stand stride - 1 zeros. Three things follow from that,
of which only the first can raise an error:

    weight            On the spread image, PyTorch's kernel lies turned by 180
                      degrees. transpose_kernel=True turns it, and swaps in
                      and out too: give the axes (height, width, out, in).
                      The letters in dimension_numbers stay "HWIO": they name
                      the axes as they are after that swap.
    padding=p         Becomes kernel size - 1 - p zeros on every side. "SAME",
                      the default of nn.ConvTranspose, is something else.
    output_padding=o  Makes the result o rows higher and o columns wider: o
                      more zeros at the bottom and at the right, none at the
                      top and at the left.

Write the function with `jax.lax.conv_transpose`; no layer is needed. In a
model, `nn.ConvTranspose(features, kernel_size, strides, padding,
transpose_kernel=True)` calls it for you: its parameters are a "kernel" with
the same axes as here and a "bias". Stride, padding and output_padding are ints
and hold for height and width; the kernel need not be square.

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

    x: float32 (batch, height, width, in)
    weight: as PyTorch has it, float32 (in, out, kh, kw); bias: (out,)
    Returns float32 (batch, new height, new width, out), where new height is
    (height - 1) * stride - 2 * padding + kh + output_padding, and new width
    the same with the width and kw.
    """
    # <solution>
    kernel = jnp.transpose(weight, (2, 3, 1, 0))
    pads = [(size - 1 - padding, size - 1 - padding + output_padding) for size in kernel.shape[:2]]
    y = jax.lax.conv_transpose(
        x, kernel, (stride, stride), pads, dimension_numbers=("NHWC", "HWIO", "NHWC"), transpose_kernel=True
    )
    return y + bias
    # </solution>
