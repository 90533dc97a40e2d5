"""5.6 resize: F.interpolate and jax.image.resize

Both resize an image, both know "nearest", "bilinear" and a cubic method, and
both put the centre of a pixel in its middle (in PyTorch, with
align_corners=False, the default). Enlarged bilinearly, the results are the
same. Otherwise:

    F.interpolate(x, size, mode=...)     jax.image.resize(x, shape, method, antialias=...)
    antialias=False is the default       antialias=True is the default. It shows where an image is made smaller: each new
                                         pixel is then a mean over all the old
                                         ones that it covers
    mode="bicubic"                       "cubic" is another curve (a = -0.5 in Keys' formula; PyTorch has -0.75). PyTorch's
                                         is jax.image.ResizeMethod.CUBIC_PYTORCH
    mode="bicubic", antialias=True       "cubic": with antialias=True PyTorch takes a = -0.5 as well
    mode="nearest"                       is not there. Its pixel i is the old pixel floor(i * old / new), counted from the
                                         corner; "nearest" in JAX counts from
                                         the pixels' centres, which PyTorch
                                         calls "nearest-exact". Where the new
                                         size is a multiple of the old, they are
                                         the same

PyTorch divides in float32, so for a few sizes its "nearest" takes the pixel
before, here and there: from 112 to 96 pixels it does. Whole numbers, as in `i *
old // new`, are exact; the checks use sizes where both agree.

`shape` is the whole shape, batch and channels too. An image that was resized in
the other way looks right to the eye.

Write the two functions.

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
    """`F.interpolate(x, size, mode="nearest")` with the channels last.

    x: float32 (batch, height, width, channels). Returns float32 (batch, *size,
    channels).
    """
    raise NotImplementedError("5.6 resize: your code here")


def resize_smooth(x: jax.Array, size: tuple[int, int], mode: str, antialias: bool = False) -> jax.Array:
    """`F.interpolate(x, size, mode=mode, antialias=antialias)` with the
    channels last; mode: "bilinear" or "bicubic".

    x: float32 (batch, height, width, channels). Returns float32 (batch, *size,
    channels).
    """
    raise NotImplementedError("5.6 resize: your code here")
