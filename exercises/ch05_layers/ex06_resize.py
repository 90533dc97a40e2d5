"""5.6 resize: F.interpolate and jax.image.resize

Both resize an image, both have "nearest", "bilinear" and a cubic method, and
both put the center of a pixel in its middle (in PyTorch, with
align_corners=False, the default). When enlarging bilinearly, they give the same
results. The rest differs:

    F.interpolate(x, size, ...)       jax.image.resize(x, shape, ...)
    antialias=False by default        antialias=True by default
    mode="bicubic"                    jax.image.ResizeMethod.CUBIC_PYTORCH
    mode="bicubic", antialias=True    "cubic" or CUBIC_PYTORCH
    mode="nearest-exact"              "nearest"
    mode="nearest"                    no such method

antialias matters along an axis that is made smaller: each new pixel is then a
weighted mean over the old ones that it covers and some on either side. "cubic"
is a different curve (a = -0.5 in Keys' formula; PyTorch has -0.75), but with
antialias=True PyTorch takes a = -0.5 as well.

PyTorch's "nearest" counts from the corner: its pixel i is the old pixel floor(i
* old / new). JAX's counts from the centers of the pixels. Where the new size is
a multiple of the old, they are the same. PyTorch divides in float32, so for a
few sizes, such as 112 to 96 pixels, its "nearest" takes the previous pixel in a
few places. Integers, as in `i * old // new`, are exact; the checks use sizes
where both agree.

`shape` is the whole shape, including batch and channels. An image that was
resized the other library's way looks right to the eye.

Write the two functions. Both must work under `jax.jit`, with all arguments
except x static.

After 5.3. About 15 minutes.

https://docs.jax.dev/en/latest/_autosummary/jax.image.resize.html
"""

# --- PyTorch ---
import torch
import torch.nn.functional as F


def torch_resize(x: torch.Tensor, size: tuple[int, int], mode: str, antialias: bool) -> torch.Tensor:
    """What `F.interpolate` computes. x: (batch, channels, height, width)."""
    return F.interpolate(x, size=size, mode=mode, antialias=antialias)


# --- JAX ---
import jax
import jax.numpy as jnp


def resize_nearest(x: jax.Array, size: tuple[int, int]) -> jax.Array:
    """`F.interpolate(x, size, mode="nearest")` for images with their channels
    last.

    x: float32 (batch, height, width, channels), finite numbers. Returns float32
    (batch, *size, channels).
    """
    raise NotImplementedError("5.6 resize: your code here")


def resize_smooth(x: jax.Array, size: tuple[int, int], mode: str, antialias: bool = False) -> jax.Array:
    """`F.interpolate(x, size, mode=mode, antialias=antialias)` for images with
    their channels last.

    x: float32 (batch, height, width, channels), finite numbers; mode:
    "bilinear" or "bicubic". Returns float32 (batch, *size, channels).
    """
    raise NotImplementedError("5.6 resize: your code here")
