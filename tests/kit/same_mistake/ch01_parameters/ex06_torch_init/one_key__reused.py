"""The key goes to both draws, through a helper."""

import jax


def draw(key, shape, fan_in):
    return jax.random.uniform(key, shape, minval=-1.0, maxval=1.0) * fan_in**-0.5


def linear_init(key, in_features, out_features):
    return draw(key, (in_features, out_features), in_features), draw(key, (out_features,), in_features)


def conv_init(key, height, width, in_channels, out_channels):
    fan_in = height * width * in_channels
    return draw(key, (height, width, in_channels, out_channels), fan_in), draw(key, (out_channels,), fan_in)


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
