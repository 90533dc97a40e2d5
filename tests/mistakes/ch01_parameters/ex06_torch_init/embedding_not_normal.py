"""The embedding has the right standard deviation, 1, and is not normally
distributed: too few numbers lie within one standard deviation of 0. Usually a
truncated normal distribution was scaled back to 1. PyTorch draws from the whole
normal distribution: `jax.random.normal(key, shape)`.
"""

import math

import jax


def linear_init(key, in_features, out_features):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(in_features)
    kernel = jax.random.uniform(kernel_key, (in_features, out_features), minval=-bound, maxval=bound)
    bias = jax.random.uniform(bias_key, (out_features,), minval=-bound, maxval=bound)
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(height * width * in_channels)
    kernel = jax.random.uniform(kernel_key, (height, width, in_channels, out_channels), minval=-bound, maxval=bound)
    bias = jax.random.uniform(bias_key, (out_channels,), minval=-bound, maxval=bound)
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    table = jax.random.truncated_normal(key, -2, 2, (num_embeddings, features))
    return table / 0.87962566103423978  # its standard deviation
