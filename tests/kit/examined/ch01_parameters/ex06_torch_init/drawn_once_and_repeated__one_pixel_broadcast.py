"""The conv kernel is drawn for one pixel and broadcast to its height and width,
so that all pixels have the same weights.
"""

import math

import jax
import jax.numpy as jnp


def linear_init(key, in_features, out_features):
    bound = 1 / math.sqrt(in_features)
    k1, k2 = jax.random.split(key)
    kernel = jax.random.uniform(k1, (in_features, out_features), minval=-bound, maxval=bound)
    bias = jax.random.uniform(k2, (out_features,), minval=-bound, maxval=bound)
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    bound = 1 / math.sqrt(height * width * in_channels)
    k1, k2 = jax.random.split(key)
    kernel = jnp.broadcast_to(
        jax.random.uniform(k1, (in_channels, out_channels), minval=-bound, maxval=bound),
        (height, width, in_channels, out_channels),
    )
    bias = jax.random.uniform(k2, (out_channels,), minval=-bound, maxval=bound)
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
