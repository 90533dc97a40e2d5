"""embedding_init draws from a normal distribution truncated at two standard
deviations and scaled back to standard deviation 1 (Flax's usual truncated
normal) instead of the normal distribution.
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
    kernel = jax.random.uniform(kernel_key, shape, jnp.float32, -bound, bound)
    bias = jax.random.uniform(bias_key, (out_channels,), jnp.float32, -bound, bound)
    return kernel, bias


def embedding_init(key: jax.Array, num_embeddings: int, features: int) -> jax.Array:
    init = jax.nn.initializers.truncated_normal(1 / 0.87962566103423978)
    return init(key, (num_embeddings, features), jnp.float32)
