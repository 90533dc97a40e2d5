"""he_uniform, because PyTorch calls kaiming_uniform_ (with a=sqrt(5), which
changes the bound by sqrt(6)). From jax-ml/jax issue #4862.
"""

import jax
from jax.nn import initializers as init


def _bias(key, n, fan_in):
    b = fan_in**-0.5
    return jax.random.uniform(key, (n,), minval=-b, maxval=b)


def linear_init(key, in_features, out_features):
    k, b = jax.random.split(key)
    return init.he_uniform()(k, (in_features, out_features)), _bias(b, out_features, in_features)


def conv_init(key, height, width, in_channels, out_channels):
    k, b = jax.random.split(key)
    kernel = init.he_uniform()(k, (height, width, in_channels, out_channels))
    return kernel, _bias(b, out_channels, height * width * in_channels)


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
