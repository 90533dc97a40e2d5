"""No number is negative: the interval begins at 0, and ends at b or 2 * b.
`jax.random.uniform` starts at 0 by default: pass minval=-b, maxval=b.
"""

import math

import jax


def linear_init(key, in_features, out_features):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(in_features)
    kernel = jax.random.uniform(kernel_key, (in_features, out_features), maxval=bound)
    bias = jax.random.uniform(bias_key, (out_features,), maxval=bound)
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(height * width * in_channels)
    shape = (height, width, in_channels, out_channels)
    kernel = jax.random.uniform(kernel_key, shape, maxval=bound)
    bias = jax.random.uniform(bias_key, (out_channels,), maxval=bound)
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
