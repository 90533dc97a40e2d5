"""The kernels are drawn as Flax draws them by default, with lecun_normal: a
truncated normal distribution with standard deviation 1 / sqrt(fan_in). PyTorch
draws kernel and bias uniformly from [-1 / sqrt(fan_in), 1 / sqrt(fan_in)],
which is narrower.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def linear_init(key, in_features, out_features):
    kernel = nn.initializers.lecun_normal()(key, (in_features, out_features))
    return kernel, jnp.zeros((out_features,))


def conv_init(key, height, width, in_channels, out_channels):
    kernel = nn.initializers.lecun_normal()(key, (height, width, in_channels, out_channels))
    return kernel, jnp.zeros((out_channels,))


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
