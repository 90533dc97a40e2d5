"""layer_norm uses max(variance, epsilon) instead of variance + epsilon, so rows
with a variance near 1e-5 (x around 0.01) are off by up to a factor of 1.4.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def layer_norm(x: jax.Array, weight: jax.Array, bias: jax.Array) -> jax.Array:
    mean = jnp.mean(x, axis=-1, keepdims=True)
    var = jnp.var(x, axis=-1, keepdims=True)
    return (x - mean) / jnp.sqrt(jnp.maximum(var, 1e-5)) * weight + bias


def group_norm(x: jax.Array, weight: jax.Array, bias: jax.Array, groups: int) -> jax.Array:
    variables = {"params": {"scale": weight, "bias": bias}}
    return nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False).apply(variables, x)


def rms_norm(x: jax.Array, weight: jax.Array) -> jax.Array:
    ms = jnp.mean(jnp.square(x), axis=-1, keepdims=True)
    return weight * x / jnp.sqrt(ms + jnp.finfo(jnp.float32).eps)
