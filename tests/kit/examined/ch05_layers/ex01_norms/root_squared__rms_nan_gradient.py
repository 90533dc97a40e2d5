"""RMSNorm takes jnp.linalg.norm of x and squares it again: the values are
right, the gradient is NaN where a row of x is 0.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def layer_norm(x: jax.Array, weight: jax.Array, bias: jax.Array) -> jax.Array:
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x: jax.Array, weight: jax.Array, bias: jax.Array, groups: int) -> jax.Array:
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x: jax.Array, weight: jax.Array) -> jax.Array:
    norm = jnp.linalg.norm(x, axis=-1, keepdims=True)
    mean_square = norm**2 / x.shape[-1]
    return x / jnp.sqrt(mean_square + jnp.finfo(x.dtype).eps) * weight
