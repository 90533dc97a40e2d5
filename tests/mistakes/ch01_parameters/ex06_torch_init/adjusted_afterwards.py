"""The numbers have the same mean with every key: they depend on one another.
Usually they are changed after the draw, so that their mean is exactly 0, or
half of them are the others' negatives. PyTorch's numbers have a mean near 0,
different in each draw. Return the draw as it is.
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
    shape = (height, width, in_channels, out_channels)
    kernel = jax.random.uniform(kernel_key, shape, minval=-bound, maxval=bound)
    bias = jax.random.uniform(bias_key, (out_channels,), minval=-bound, maxval=bound)
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    table = jax.random.normal(key, (num_embeddings, features))
    return (table - table.mean()) / table.std()
