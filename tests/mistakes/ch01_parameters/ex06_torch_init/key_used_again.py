"""A key is used twice. Usually it is used again after it was split, or for
several draws. A key is for one draw or one split: split it once, and draw with
the new ones.
"""

import math

import jax


def linear_init(key, in_features, out_features):
    _, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(in_features)
    kernel = jax.random.uniform(key, (in_features, out_features), minval=-bound, maxval=bound)
    bias = jax.random.uniform(bias_key, (out_features,), minval=-bound, maxval=bound)
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    _, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(height * width * in_channels)
    shape = (height, width, in_channels, out_channels)
    kernel = jax.random.uniform(key, shape, minval=-bound, maxval=bound)
    bias = jax.random.uniform(bias_key, (out_channels,), minval=-bound, maxval=bound)
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
