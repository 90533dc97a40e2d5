import math

import jax
import jax.numpy as jnp


def linear_init(key, in_features, out_features):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(in_features)
    kernel = jnp.repeat(jax.random.uniform(kernel_key, (1, out_features), minval=-bound, maxval=bound), in_features, 0)
    bias = jax.random.uniform(bias_key, (out_features,), minval=-bound, maxval=bound)
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(height * width * in_channels)
    kernel = jnp.repeat(
        jax.random.uniform(kernel_key, (height, width, 1, out_channels), minval=-bound, maxval=bound), in_channels, 2
    )
    bias = jax.random.uniform(bias_key, (out_channels,), minval=-bound, maxval=bound)
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
