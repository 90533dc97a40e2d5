"""The standard deviation is right and the distribution is not: the numbers are
normally distributed, and reach further than 1 / sqrt(fan_in). PyTorch draws
uniformly, from -b to b.
"""

import math

import jax


def linear_init(key, in_features, out_features):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(in_features)
    kernel = bound / math.sqrt(3) * jax.random.normal(kernel_key, (in_features, out_features))
    bias = bound / math.sqrt(3) * jax.random.normal(bias_key, (out_features,))
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(height * width * in_channels)
    kernel = bound / math.sqrt(3) * jax.random.normal(kernel_key, (height, width, in_channels, out_channels))
    bias = bound / math.sqrt(3) * jax.random.normal(bias_key, (out_channels,))
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
