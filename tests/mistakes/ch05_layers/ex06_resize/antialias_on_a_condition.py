"""With antialias=True, some images come out as if it were off, or are smoothed
less than they should be. Usually a condition on the sizes decides, such as that
both are smaller. `jax.image.resize` smooths along each axis that is made
smaller, and along no other. In bicubic mode, antialias=True also has a curve of
its own, in every image. Pass it on without a condition: `antialias=antialias`.
"""

import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    rows, columns = (jnp.arange(new) * old // new for new, old in zip(size, x.shape[1:3], strict=True))
    return x[:, rows][:, :, columns]


def resize_smooth(x, size, mode, antialias=False):
    smaller = size[0] < x.shape[1] and size[1] < x.shape[2]
    method = "bilinear" if mode == "bilinear" else jax.image.ResizeMethod.CUBIC_PYTORCH
    return jax.image.resize(x, (x.shape[0], *size, x.shape[3]), method, antialias=antialias and smaller)
