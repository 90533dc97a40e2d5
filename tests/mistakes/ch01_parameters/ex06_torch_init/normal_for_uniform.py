"""The numbers are normally distributed with the standard deviation 1 /
sqrt(fan_in). PyTorch draws uniformly, and 1 / sqrt(fan_in) is the bound.
"""

import math

import jax


def linear_init(key, in_features, out_features):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(in_features)
    kernel = jax.random.normal(kernel_key, (in_features, out_features)) * bound
    bias = jax.random.normal(bias_key, (out_features,)) * bound
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(height * width * in_channels)
    shape = (height, width, in_channels, out_channels)
    kernel = jax.random.normal(kernel_key, shape) * bound
    bias = jax.random.normal(bias_key, (out_channels,)) * bound
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
