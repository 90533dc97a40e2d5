import math

import jax
import jax.numpy as jnp


def linear_init(key, in_features, out_features):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(in_features)
    kernel = jax.random.uniform(kernel_key, (in_features, out_features), minval=-bound, maxval=bound)
    bias = jax.random.uniform(bias_key, (out_features,), minval=-bound, maxval=bound)
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    keys = jax.random.split(key, height * width)
    bound = 1 / math.sqrt(height * width * in_channels)
    taps = [jax.random.uniform(k, (in_channels, out_channels), minval=-bound, maxval=bound) for k in keys]
    kernel = jnp.stack(taps).reshape(height, width, in_channels, out_channels)
    bias = jax.random.uniform(keys[0], (out_channels,), minval=-bound, maxval=bound)
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
