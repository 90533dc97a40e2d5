"""group_norm stops the gradient at mean and variance, as for running
statistics, so the values are right and the gradient with respect to x is not.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def layer_norm(x: jax.Array, weight: jax.Array, bias: jax.Array) -> jax.Array:
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x: jax.Array, weight: jax.Array, bias: jax.Array, groups: int) -> jax.Array:
    b, h, w, c = x.shape
    g = x.reshape(b, h, w, groups, c // groups)
    mean = jax.lax.stop_gradient(g.mean(axis=(1, 2, 4), keepdims=True))
    var = jax.lax.stop_gradient(g.var(axis=(1, 2, 4), keepdims=True))
    g = (g - mean) / jnp.sqrt(var + 1e-5)
    return g.reshape(b, h, w, c) * weight + bias


def rms_norm(x: jax.Array, weight: jax.Array) -> jax.Array:
    return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + jnp.finfo(x.dtype).eps) * weight
