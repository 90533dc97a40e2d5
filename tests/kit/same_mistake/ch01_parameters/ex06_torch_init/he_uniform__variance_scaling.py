"""Kaiming by the ready initialiser, the bias by the same formula."""

import jax

KAIMING = jax.nn.initializers.he_uniform()


def bounded(key, shape, fan_in):
    return KAIMING(key, (fan_in, *shape))[0]


def linear_init(key, in_features, out_features):
    a, b = jax.random.split(key)
    return KAIMING(a, (in_features, out_features)), bounded(b, (out_features,), in_features)


def conv_init(key, height, width, in_channels, out_channels):
    a, b = jax.random.split(key)
    kernel = KAIMING(a, (height, width, in_channels, out_channels))
    return kernel, bounded(b, (out_channels,), height * width * in_channels)


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, shape=(num_embeddings, features))
