"""Kernel and bias are drawn with the same key, always or where a layer's sizes
are equal, so the bias repeats numbers of the kernel. Usually one key serves
both draws, or the sizes are folded into it. A key is for one draw. Split it
first: `kernel_key, bias_key = jax.random.split(key)`.
"""

import math

import jax


def linear_init(key, in_features, out_features):
    bound = 1 / math.sqrt(in_features)
    kernel = jax.random.uniform(key, (in_features, out_features), minval=-bound, maxval=bound)
    bias = jax.random.uniform(key, (out_features,), minval=-bound, maxval=bound)
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    bound = 1 / math.sqrt(height * width * in_channels)
    shape = (height, width, in_channels, out_channels)
    kernel = jax.random.uniform(key, shape, minval=-bound, maxval=bound)
    bias = jax.random.uniform(key, (out_channels,), minval=-bound, maxval=bound)
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
