"""Beyond the border of the image there are zeros, so the pixels beside it are
too close to zero where the image is made larger. Usually that is the default
mode of `map_coordinates`, "constant", or a padding of zeros. PyTorch repeats
the edge, mode="nearest" there. `jax.image.resize` does that too.
"""

import jax
import jax.numpy as jnp
from jax.scipy.ndimage import map_coordinates


def resize_nearest(x, size):
    rows, columns = (jnp.arange(new) * old // new for new, old in zip(size, x.shape[1:3], strict=True))
    return x[:, rows][:, :, columns]


def resize_smooth(x, size, mode, antialias=False):
    cubic = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    shape = (x.shape[0], *size, x.shape[3])
    if mode == "bicubic" or antialias:
        return jax.image.resize(x, shape, "bilinear" if mode == "bilinear" else cubic, antialias=antialias)
    rows, columns = ((jnp.arange(new) + 0.5) * old / new - 0.5 for new, old in zip(size, x.shape[1:3], strict=True))
    batch, channels = jnp.arange(x.shape[0]), jnp.arange(x.shape[3])
    return map_coordinates(x, jnp.meshgrid(batch, rows, columns, channels, indexing="ij"), order=1)
