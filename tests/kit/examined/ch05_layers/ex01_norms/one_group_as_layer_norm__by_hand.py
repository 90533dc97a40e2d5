"""One group is handed to a LayerNorm written by hand."""

import jax
import jax.numpy as jnp


def layer_norm(x: jax.Array, weight: jax.Array, bias: jax.Array) -> jax.Array:
    mean = x.mean(-1, keepdims=True)
    var = jnp.square(x - mean).mean(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(var + 1e-5) * weight + bias


def group_norm(x: jax.Array, weight: jax.Array, bias: jax.Array, groups: int) -> jax.Array:
    channels = x.shape[-1]
    if groups == 1:  # a single group with all channels is a LayerNorm
        return layer_norm(x, weight, bias)
    y = x.reshape(*x.shape[:-1], groups, channels // groups)
    mean = jnp.mean(y, axis=(1, 2, 4), keepdims=True)
    var = jnp.var(y, axis=(1, 2, 4), keepdims=True)
    y = (y - mean) / jnp.sqrt(var + 1e-5)
    return y.reshape(x.shape) * weight + bias


def rms_norm(x: jax.Array, weight: jax.Array) -> jax.Array:
    eps = jnp.finfo(x.dtype).eps
    return x * jax.lax.rsqrt(jnp.square(x).mean(-1, keepdims=True) + eps) * weight
