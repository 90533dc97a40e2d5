"""Values are cut off at a smallest and a largest one, such as those of x. The
bicubic curve has negative weights, so beside an edge the result goes beyond
them. F.interpolate keeps that. x may have any range, and `jnp.clip` can wait
until the image is shown.
"""

import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    rows, columns = (jnp.arange(new) * old // new for new, old in zip(size, x.shape[1:3], strict=True))
    return x[:, rows][:, :, columns]


def resize_smooth(x, size, mode, antialias=False):
    shape = (x.shape[0], *size, x.shape[3])
    if mode == "bilinear":
        return jax.image.resize(x, shape, "bilinear", antialias=antialias)
    cubic = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    return jax.image.resize(x, shape, cubic, antialias=antialias).clip(x.min(), x.max())
