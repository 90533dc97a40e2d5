"""It antialiases only if the height shrinks, so an image whose width alone is
made smaller is not antialiased with antialias=True.
"""

import jax
import jax.numpy as jnp


def resize_nearest(x: jax.Array, size: tuple[int, int]) -> jax.Array:
    for axis, new in zip((1, 2), size, strict=False):
        index = [i * x.shape[axis] // new for i in range(new)]
        x = jnp.take(x, jnp.array(index), axis=axis)
    return x


def resize_smooth(x: jax.Array, size: tuple[int, int], mode: str, antialias: bool = False) -> jax.Array:
    shrinks = size[0] < x.shape[1]
    method = mode
    if mode == "bicubic":
        method = "cubic" if antialias else jax.image.ResizeMethod.CUBIC_PYTORCH
    return jax.image.resize(
        x,
        (x.shape[0], *size, x.shape[-1]),
        method,
        antialias=antialias and shrinks,
    )
