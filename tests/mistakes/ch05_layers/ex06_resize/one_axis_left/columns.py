import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    return x[:, :, jnp.arange(size[1]) * x.shape[2] // size[1]]


def resize_smooth(x, size, mode, antialias=False):
    cubic = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    shape = (x.shape[0], *size, x.shape[3])
    return jax.image.resize(x, shape, "bilinear" if mode == "bilinear" else cubic, antialias=antialias)
