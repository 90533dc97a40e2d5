import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    height, width = x.shape[1:3]
    rows = jnp.array([int(i * (height / size[0])) for i in range(size[0])])
    cols = jnp.array([int(i * (width / size[1])) for i in range(size[1])])
    return x[:, rows][:, :, cols]


def resize_smooth(x, size, mode, antialias=False):
    shape = (x.shape[0], *size, x.shape[3])
    method = jax.image.ResizeMethod.LINEAR if mode == "bilinear" else jax.image.ResizeMethod.CUBIC_PYTORCH
    return jax.image.resize(x, shape, method, antialias=antialias)
