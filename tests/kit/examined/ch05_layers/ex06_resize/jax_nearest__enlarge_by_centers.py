"""resize_nearest takes JAX's "nearest" for every axis that is enlarged, which
differs from PyTorch's where the new size is no multiple of the old (such as 4
to 6).
"""

import jax
import jax.numpy as jnp


def _nearest_axis(x, new, axis):
    old = x.shape[axis]
    if new >= old:  # enlarging copies pixels: both libraries agree
        shape = list(x.shape)
        shape[axis] = new
        return jax.image.resize(x, tuple(shape), "nearest")
    return jnp.take(x, jnp.arange(new) * old // new, axis=axis)


def resize_nearest(x: jax.Array, size: tuple[int, int]) -> jax.Array:
    return _nearest_axis(_nearest_axis(x, size[0], 1), size[1], 2)


def resize_smooth(x: jax.Array, size: tuple[int, int], mode: str, antialias: bool = False) -> jax.Array:
    methods = {"bilinear": jax.image.ResizeMethod.LINEAR, "bicubic": jax.image.ResizeMethod.CUBIC_PYTORCH}
    n, _, _, c = x.shape
    return jax.image.resize(x, (n, *tuple(size), c), methods[mode], antialias=antialias)
