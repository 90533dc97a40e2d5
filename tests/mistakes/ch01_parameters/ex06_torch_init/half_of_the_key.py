"""Two keys that share one of their two numbers give the same draws. Usually
NumPy's generator, or a second key, is made from one number of the key's data.
Such keys are rare among small seeds, but the rest of the key is lost. Pass the
key itself on: `jax.random.uniform(key, ...)`.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np


def generator(key):
    return np.random.default_rng(int(jax.random.key_data(key)[-1]))


def linear_init(key, in_features, out_features):
    draw, bound = generator(key).uniform, 1 / math.sqrt(in_features)
    kernel = draw(-bound, bound, (in_features, out_features))
    return jnp.asarray(kernel, jnp.float32), jnp.asarray(draw(-bound, bound, out_features), jnp.float32)


def conv_init(key, height, width, in_channels, out_channels):
    draw, bound = generator(key).uniform, 1 / math.sqrt(height * width * in_channels)
    kernel = draw(-bound, bound, (height, width, in_channels, out_channels))
    return jnp.asarray(kernel, jnp.float32), jnp.asarray(draw(-bound, bound, out_channels), jnp.float32)


def embedding_init(key, num_embeddings, features):
    return jnp.asarray(generator(key).normal(size=(num_embeddings, features)), jnp.float32)
