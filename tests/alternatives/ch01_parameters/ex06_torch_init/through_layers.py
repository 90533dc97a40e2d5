"""nn.Dense and nn.Conv do the drawing, told how by kernel_init and
bias_init.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp

KERNEL = nn.initializers.variance_scaling(1 / 3, "fan_in", "uniform")


def bias_init(fan_in):
    return lambda key, shape, dtype=jnp.float32: jax.random.uniform(key, shape, dtype, -(fan_in**-0.5), fan_in**-0.5)


def linear_init(key, in_features, out_features):
    layer = nn.Dense(out_features, kernel_init=KERNEL, bias_init=bias_init(in_features))
    params = layer.init(key, jnp.ones((1, in_features)))["params"]
    return params["kernel"], params["bias"]


def conv_init(key, height, width, in_channels, out_channels):
    layer = nn.Conv(out_channels, (height, width), kernel_init=KERNEL, bias_init=bias_init(height * width * in_channels))
    params = layer.init(key, jnp.ones((1, height, width, in_channels)))["params"]
    return params["kernel"], params["bias"]


def embedding_init(key, num_embeddings, features):
    layer = nn.Embed(num_embeddings, features, embedding_init=nn.initializers.normal(1.0))
    return layer.init(key, jnp.zeros((1,), int))["params"]["embedding"]
