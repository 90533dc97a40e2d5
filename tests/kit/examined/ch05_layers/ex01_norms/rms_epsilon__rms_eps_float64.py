"""The epsilon is that of float64, 2.2e-16 (np.finfo(float))."""

import jax
import jax.numpy as jnp
import numpy as np


def layer_norm(x: jax.Array, weight: jax.Array, bias: jax.Array) -> jax.Array:
    mean = x.mean(-1, keepdims=True)
    var = jnp.mean((x - mean) ** 2, axis=-1, keepdims=True)
    return (x - mean) / jnp.sqrt(var + 1e-5) * weight + bias


def group_norm(x: jax.Array, weight: jax.Array, bias: jax.Array, groups: int) -> jax.Array:
    n, h, w, c = x.shape
    g = x.reshape(n, h, w, groups, c // groups)
    mean = g.mean((1, 2, 4), keepdims=True)
    var = jnp.mean((g - mean) ** 2, axis=(1, 2, 4), keepdims=True)
    g = (g - mean) / jnp.sqrt(var + 1e-5)
    return g.reshape(n, h, w, c) * weight + bias


def rms_norm(x: jax.Array, weight: jax.Array) -> jax.Array:
    return x / jnp.sqrt(jnp.mean(x**2, axis=-1, keepdims=True) + float(np.finfo(float).eps)) * weight
