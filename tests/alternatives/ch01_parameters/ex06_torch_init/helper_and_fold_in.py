"""One helper that scales [0, 1); keys by fold_in."""

import jax


def torch_uniform(key, shape, fan_in):
    return (2 * jax.random.uniform(key, shape) - 1) / fan_in**0.5


def linear_init(key, in_features, out_features):
    kernel = torch_uniform(jax.random.fold_in(key, 0), (in_features, out_features), in_features)
    return kernel, torch_uniform(jax.random.fold_in(key, 1), (out_features,), in_features)


def conv_init(key, height, width, in_channels, out_channels):
    fan_in = height * width * in_channels
    kernel = torch_uniform(jax.random.fold_in(key, 0), (height, width, in_channels, out_channels), fan_in)
    return kernel, torch_uniform(jax.random.fold_in(key, 1), (out_channels,), fan_in)


def embedding_init(key, num_embeddings, features):
    return jax.nn.initializers.normal(stddev=1.0)(key, (num_embeddings, features))
