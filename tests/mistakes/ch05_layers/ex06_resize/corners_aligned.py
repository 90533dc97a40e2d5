"""The first and the last pixel stay where they are, as with align_corners=True.
PyTorch's default is align_corners=False, and its "nearest" has no such thing:
pixel i is the old pixel floor(i * old / new). In the other modes the scale is
new / old, not (new - 1) / (old - 1); `jax.image.resize` does that.
"""

import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    rows, columns = (jnp.linspace(0, old - 1, new).astype(int) for new, old in zip(size, x.shape[1:3], strict=True))
    return x[:, rows][:, :, columns]


def resize_smooth(x, size, mode, antialias=False):
    cubic = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    shape = (x.shape[0], *size, x.shape[3])
    return jax.image.resize(x, shape, "bilinear" if mode == "bilinear" else cubic, antialias=antialias)
