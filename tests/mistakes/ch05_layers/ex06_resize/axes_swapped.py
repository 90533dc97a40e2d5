"""Height and width are exchanged: the rows are taken by the width's sizes and
the columns by the height's. x is (batch, height, width, channels) and size
(height, width), in this order.
"""

import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    rows = jnp.arange(size[0]) * x.shape[2] // size[1]
    columns = jnp.arange(size[1]) * x.shape[1] // size[0]
    return x[:, rows][:, :, columns]


def resize_smooth(x, size, mode, antialias=False):
    cubic = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    shape = (x.shape[0], *size, x.shape[3])
    return jax.image.resize(x, shape, "bilinear" if mode == "bilinear" else cubic, antialias=antialias)
