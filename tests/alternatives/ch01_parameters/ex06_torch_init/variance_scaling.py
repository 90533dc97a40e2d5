"""variance_scaling(1/3, "fan_in", "uniform") is PyTorch's default; a list comes
back instead of a tuple.
"""

import jax
import jax.numpy as jnp

KERNEL = jax.nn.initializers.variance_scaling(1 / 3, "fan_in", "uniform")


def linear_init(key, in_features, out_features):
    first, second, _ = jax.random.split(key, 3)
    bound = in_features**-0.5
    return [KERNEL(first, (in_features, out_features)), jax.random.uniform(second, (out_features,), jnp.float32, -bound, bound)]


def conv_init(key, height, width, in_channels, out_channels):
    first, second, _ = jax.random.split(key, 3)
    bound = (height * width * in_channels) ** -0.5
    kernel = KERNEL(first, (height, width, in_channels, out_channels))
    return [kernel, jax.random.uniform(second, (out_channels,), jnp.float32, -bound, bound)]


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
