"""With antialias=True, a new pixel is the plain mean of the old ones that it
covers. Usually the image is cut into blocks where the old size is a multiple of
the new. In PyTorch and in JAX, pixels near the middle count more, and some
of the neighboring blocks count too. `jax.image.resize` with antialias=True does
that for any size.
"""

import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    rows, columns = (jnp.arange(new) * old // new for new, old in zip(size, x.shape[1:3], strict=True))
    return x[:, rows][:, :, columns]


def resize_smooth(x, size, mode, antialias=False):
    shape = (x.shape[0], *size, x.shape[3])
    down, right = x.shape[1] // size[0], x.shape[2] // size[1]
    if antialias and mode == "bilinear" and (down * size[0], right * size[1]) == x.shape[1:3]:
        return x.reshape(x.shape[0], size[0], down, size[1], right, x.shape[3]).mean((2, 4))
    cubic = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    return jax.image.resize(x, shape, "bilinear" if mode == "bilinear" else cubic, antialias=antialias)
