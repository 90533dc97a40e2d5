import jax
import jax.numpy as jnp


def resize_nearest(x: jax.Array, size: tuple[int, int]) -> jax.Array:
    height, width = x.shape[1], x.shape[2]
    rows = jnp.arange(size[0]) * (height // size[0]) if size[0] < height else jnp.arange(size[0]) * height // size[0]
    columns = jnp.arange(size[1]) * (width // size[1]) if size[1] < width else jnp.arange(size[1]) * width // size[1]
    return x[:, rows][:, :, columns]


def resize_smooth(x: jax.Array, size: tuple[int, int], mode: str, antialias: bool = False) -> jax.Array:
    shape = (x.shape[0], size[0], size[1], x.shape[3])
    method = "bilinear" if mode == "bilinear" else jax.image.ResizeMethod.CUBIC_PYTORCH
    if mode == "bicubic" and antialias:
        method = "cubic"
    return jax.image.resize(x, shape, method, antialias=antialias)
