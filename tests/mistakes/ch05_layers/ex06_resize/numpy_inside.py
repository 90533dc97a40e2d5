"""The function turns x into a NumPy array, so it cannot run under `jax.jit`; it
may return one as well. NumPy cannot compute with what JAX passes in there.
Index x itself with arrays of indices, `x[:, rows]`, and keep NumPy for what is
known from the shapes.
"""

import jax
import jax.numpy as jnp
import numpy as np


def resize_nearest(x, size):
    x = np.asarray(x)
    rows, columns = (np.arange(new) * old // new for new, old in zip(size, x.shape[1:3], strict=True))
    return jnp.asarray(x[:, rows][:, :, columns])


def resize_smooth(x, size, mode, antialias=False):
    cubic = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    shape = (x.shape[0], *size, x.shape[3])
    return jax.image.resize(x, shape, "bilinear" if mode == "bilinear" else cubic, antialias=antialias)
