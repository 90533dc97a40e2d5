"""lecun_normal for the kernel (Flax's own default, by its name) with PyTorch's
biases. From jax-ml/jax issue #4862.
"""

import jax
from jax.nn import initializers as init


def _bias(key, n, fan_in):
    b = fan_in**-0.5
    return jax.random.uniform(key, (n,), minval=-b, maxval=b)


def linear_init(key, in_features, out_features):
    k, b = jax.random.split(key)
    return init.lecun_normal()(k, (in_features, out_features)), _bias(b, out_features, in_features)


def conv_init(key, height, width, in_channels, out_channels):
    k, b = jax.random.split(key)
    return init.lecun_normal()(k, (height, width, in_channels, out_channels)), _bias(
        b, out_channels, height * width * in_channels
    )


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
