"""The numbers are drawn from [0, 1), which is the default of
`jax.random.uniform`. PyTorch's bounds are -1 / sqrt(fan_in) and 1 /
sqrt(fan_in): minval=-b, maxval=b.
"""

import jax


def linear_init(key, in_features, out_features):
    kernel_key, bias_key = jax.random.split(key)
    return jax.random.uniform(kernel_key, (in_features, out_features)), jax.random.uniform(bias_key, (out_features,))


def conv_init(key, height, width, in_channels, out_channels):
    kernel_key, bias_key = jax.random.split(key)
    kernel = jax.random.uniform(kernel_key, (height, width, in_channels, out_channels))
    return kernel, jax.random.uniform(bias_key, (out_channels,))


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
