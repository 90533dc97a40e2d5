import jax
import jax.numpy as jnp


def resize_nearest(x, size):
    for axis, new in zip((1, 2), size, strict=True):
        scale = x.shape[axis] / new
        x = jnp.take(x, jnp.floor(jnp.arange(new) * scale + 1e-4).astype(jnp.int32), axis=axis)
    return x


def resize_smooth(x, size, mode, antialias=False):
    method = {
        ("bilinear", False): jax.image.ResizeMethod.LINEAR,
        ("bilinear", True): jax.image.ResizeMethod.LINEAR,
        ("bicubic", False): jax.image.ResizeMethod.CUBIC_PYTORCH,
        ("bicubic", True): jax.image.ResizeMethod.CUBIC_PYTORCH,
    }[mode, antialias]
    if antialias and mode == "bicubic":
        method = jax.image.ResizeMethod.CUBIC
    return jax.vmap(lambda image: jax.image.resize(image, (*size, image.shape[-1]), method, antialias))(x)
