import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    width, height = x.shape[1:3]
    rows, columns = jnp.arange(size[0]) * height // size[0], jnp.arange(size[1]) * width // size[1]
    return x[:, rows][:, :, columns]


def resize_smooth(x, size, mode, antialias=False):
    cubic = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    shape = (x.shape[0], *size, x.shape[3])
    return jax.image.resize(x, shape, "bilinear" if mode == "bilinear" else cubic, antialias=antialias)
