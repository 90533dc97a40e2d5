"""New pixels are the old ones whose centers are nearest, in every image or only
where one is made larger. PyTorch calls that "nearest-exact" and JAX "nearest".
PyTorch's "nearest" counts from the corner, whatever the sizes: pixel i is the
old pixel floor(i * old / new). Take those rows and columns by their indices.
"""

import jax


def resize_nearest(x, size):
    return jax.image.resize(x, (x.shape[0], *size, x.shape[3]), "nearest")


def resize_smooth(x, size, mode, antialias=False):
    cubic = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    shape = (x.shape[0], *size, x.shape[3])
    return jax.image.resize(x, shape, "bilinear" if mode == "bilinear" else cubic, antialias=antialias)
