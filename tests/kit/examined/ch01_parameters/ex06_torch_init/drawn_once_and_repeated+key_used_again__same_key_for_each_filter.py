"""conv_init draws the filters one by one, all with the same key, so every
output channel's filter has the same numbers.
"""

import math

import jax
import jax.numpy as jnp


def linear_init(key: jax.Array, in_features: int, out_features: int) -> tuple[jax.Array, jax.Array]:
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(in_features)
    kernel = jax.random.uniform(kernel_key, (in_features, out_features), jnp.float32, -bound, bound)
    bias = jax.random.uniform(bias_key, (out_features,), jnp.float32, -bound, bound)
    return kernel, bias


def conv_init(key: jax.Array, height: int, width: int, in_channels: int, out_channels: int) -> tuple[jax.Array, jax.Array]:
    kernel_key, bias_key = jax.random.split(key)
    shape = (height, width, in_channels, out_channels)
    bound = 1 / math.sqrt(height * width * in_channels)
    filters = []
    for _ in range(out_channels):
        filters.append(jax.random.uniform(kernel_key, shape[:3], jnp.float32, -bound, bound))
    kernel = jnp.stack(filters, axis=-1)
    bias = jax.random.uniform(bias_key, (out_channels,), jnp.float32, -bound, bound)
    return kernel, bias


def embedding_init(key: jax.Array, num_embeddings: int, features: int) -> jax.Array:
    return jax.random.normal(key, (num_embeddings, features), jnp.float32)
