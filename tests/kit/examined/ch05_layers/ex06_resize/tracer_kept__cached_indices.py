import functools

import jax
import jax.numpy as jnp


@functools.lru_cache
def old_pixels(old, new):
    return jnp.arange(new) * old // new


def resize_nearest(x, size):
    height, width = x.shape[1:3]
    rows = old_pixels(height, size[0])
    cols = old_pixels(width, size[1])
    return x[:, rows][:, :, cols]


def resize_smooth(x, size, mode, antialias=False):
    shape = (x.shape[0], *size, x.shape[3])
    method = jax.image.ResizeMethod.LINEAR if mode == "bilinear" else jax.image.ResizeMethod.CUBIC_PYTORCH
    return jax.image.resize(x, shape, method, antialias=antialias)
