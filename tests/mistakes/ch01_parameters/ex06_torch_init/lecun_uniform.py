"""The bound is sqrt(3 / fan_in): the standard deviation is then 1 /
sqrt(fan_in). In PyTorch the bound itself is 1 / sqrt(fan_in), and the standard
deviation is smaller by sqrt(3).
"""

import math

import jax


def linear_init(key, in_features, out_features):
    kernel_key, bias_key = jax.random.split(key)
    bound = math.sqrt(3 / in_features)
    kernel = jax.random.uniform(kernel_key, (in_features, out_features), minval=-bound, maxval=bound)
    bias = jax.random.uniform(bias_key, (out_features,), minval=-bound, maxval=bound)
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    kernel_key, bias_key = jax.random.split(key)
    bound = math.sqrt(3 / (height * width * in_channels))
    shape = (height, width, in_channels, out_channels)
    kernel = jax.random.uniform(kernel_key, shape, minval=-bound, maxval=bound)
    bias = jax.random.uniform(bias_key, (out_channels,), minval=-bound, maxval=bound)
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
