"""Corners aligned with corners (scale (n - 1) / (m - 1)), as
F.interpolate(align_corners=True). From the code in jax-ml/jax issue #11206,
used where PyTorch has align_corners=False.
"""

import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    h, w = x.shape[1:3]
    rows = jnp.arange(size[0]) * h // size[0]
    cols = jnp.arange(size[1]) * w // size[1]
    return x[:, rows][:, :, cols]


def resize_smooth(x, size, mode, antialias=False):
    shape = (x.shape[0], *size, x.shape[3])
    if mode == "bilinear":
        method = jax.image.ResizeMethod.LINEAR
    else:
        method = jax.image.ResizeMethod.CUBIC if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    scale = jnp.array([(shape[i] - 1.0) / (x.shape[i] - 1.0) for i in (1, 2)])
    translation = -(scale / 2.0 - 0.5)
    return jax.image.scale_and_translate(x, shape, (1, 2), scale, translation, method, antialias=antialias)
