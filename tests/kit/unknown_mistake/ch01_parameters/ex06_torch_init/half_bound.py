"""Half the bound."""

import jax


def linear_init(key, in_features, out_features):
    a, b = jax.random.split(key)
    bound = 0.5 * in_features**-0.5
    kernel = jax.random.uniform(a, (in_features, out_features), minval=-bound, maxval=bound)
    return kernel, jax.random.uniform(b, (out_features,), minval=-bound, maxval=bound)


def conv_init(key, height, width, in_channels, out_channels):
    a, b = jax.random.split(key)
    bound = 0.5 * (height * width * in_channels) ** -0.5
    kernel = jax.random.uniform(a, (height, width, in_channels, out_channels), minval=-bound, maxval=bound)
    return kernel, jax.random.uniform(b, (out_channels,), minval=-bound, maxval=bound)


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
