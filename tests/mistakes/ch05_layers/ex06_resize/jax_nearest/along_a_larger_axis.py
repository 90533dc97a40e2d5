import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    for axis, new in enumerate(size, 1):
        old = x.shape[axis]
        if new < old:
            x = x.take(jnp.arange(new) * old // new, axis=axis)
        else:
            x = jax.image.resize(x, x.shape[:axis] + (new,) + x.shape[axis + 1 :], "nearest")
    return x


def resize_smooth(x, size, mode, antialias=False):
    cubic = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    shape = (x.shape[0], *size, x.shape[3])
    return jax.image.resize(x, shape, "bilinear" if mode == "bilinear" else cubic, antialias=antialias)
