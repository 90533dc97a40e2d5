"""The variances of the channels, averaged and repeated for each channel."""

import jax
import jax.numpy as jnp


def layer_norm(x: jax.Array, weight: jax.Array, bias: jax.Array) -> jax.Array:
    mean = x.mean(-1, keepdims=True)
    var = jnp.square(x - mean).mean(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(var + 1e-5) * weight + bias


def group_norm(x: jax.Array, weight: jax.Array, bias: jax.Array, groups: int) -> jax.Array:
    b, _, _, c = x.shape
    size = c // groups
    mean = x.mean(axis=(1, 2)).reshape(b, groups, size).mean(axis=-1)
    var = x.var(axis=(1, 2)).reshape(b, groups, size).mean(axis=-1)
    mean = jnp.repeat(mean, size, axis=-1)[:, None, None, :]
    var = jnp.repeat(var, size, axis=-1)[:, None, None, :]
    return (x - mean) / jnp.sqrt(var + 1e-5) * weight + bias


def rms_norm(x: jax.Array, weight: jax.Array) -> jax.Array:
    eps = jnp.finfo(x.dtype).eps
    return x * jax.lax.rsqrt(jnp.square(x).mean(-1, keepdims=True) + eps) * weight
