"""The kernel is normally distributed, with a standard deviation that does not
depend on the inputs. PyTorch draws uniformly from [-b, b], and b is 1 /
sqrt(fan_in): the more inputs, the narrower.
"""

import math

import jax

FREE = {"STD": [0.01, 0.02, 0.1]}
STD = 1.0


def linear_init(key, in_features, out_features):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(in_features)
    kernel = STD * jax.random.normal(kernel_key, (in_features, out_features))
    bias = jax.random.uniform(bias_key, (out_features,), minval=-bound, maxval=bound)
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(height * width * in_channels)
    kernel = STD * jax.random.normal(kernel_key, (height, width, in_channels, out_channels))
    bias = jax.random.uniform(bias_key, (out_channels,), minval=-bound, maxval=bound)
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
