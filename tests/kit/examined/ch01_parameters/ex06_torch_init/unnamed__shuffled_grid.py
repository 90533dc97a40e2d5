import math

import jax
import jax.numpy as jnp


def linear_init(key: jax.Array, in_features: int, out_features: int) -> tuple[jax.Array, jax.Array]:
    """(kernel, bias) as `torch.nn.Linear` draws them.

    float32 (in_features, out_features) and (out_features,).
    """
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(in_features)
    kernel = jax.random.uniform(kernel_key, (in_features, out_features), minval=-bound, maxval=bound)
    bias = jax.random.uniform(bias_key, (out_features,), minval=-bound, maxval=bound)
    return kernel, bias


def conv_init(key: jax.Array, height: int, width: int, in_channels: int, out_channels: int) -> tuple[jax.Array, jax.Array]:
    """(kernel, bias) as `torch.nn.Conv2d` draws them.

    float32 (height, width, in_channels, out_channels) and (out_channels,).
    """
    weight_key, offset_key = jax.random.split(key)
    limit = 1 / math.sqrt(height * width * in_channels)
    size = height * width * in_channels * out_channels
    grid = jnp.linspace(-limit, limit, size)
    kernel = jax.random.permutation(weight_key, grid).reshape((height, width, in_channels, out_channels))
    bias = jax.random.uniform(offset_key, (out_channels,), minval=-limit, maxval=limit)
    return kernel, bias


def embedding_init(key: jax.Array, num_embeddings: int, features: int) -> jax.Array:
    """The table as `torch.nn.Embedding` draws it.

    float32 (num_embeddings, features).
    """
    return jax.random.normal(key, (num_embeddings, features))
