"""The numbers do not come from the key: each call draws different ones. Usually
they come from NumPy's global generator, which ignores the key, and under
`jax.jit` draws once and for all. `jax.random.uniform(key, ...)` draws from the
key.
"""

import math

import jax.numpy as jnp
import numpy as np


def linear_init(key, in_features, out_features):
    bound = 1 / math.sqrt(in_features)
    kernel = jnp.asarray(np.random.uniform(-bound, bound, (in_features, out_features)))
    bias = jnp.asarray(np.random.uniform(-bound, bound, out_features))
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    bound = 1 / math.sqrt(height * width * in_channels)
    shape = (height, width, in_channels, out_channels)
    kernel = jnp.asarray(np.random.uniform(-bound, bound, shape))
    bias = jnp.asarray(np.random.uniform(-bound, bound, out_channels))
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    return jnp.asarray(np.random.normal(size=(num_embeddings, features)))
