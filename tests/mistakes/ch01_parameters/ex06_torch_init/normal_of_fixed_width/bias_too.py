import jax

FREE = {"STD": [0.01, 0.02]}
STD = 1.0


def linear_init(key, in_features, out_features):
    kernel_key, bias_key = jax.random.split(key)
    kernel = STD * jax.random.normal(kernel_key, (in_features, out_features))
    bias = STD * jax.random.normal(bias_key, (out_features,))
    return kernel, bias


def conv_init(key, height, width, in_channels, out_channels):
    kernel_key, bias_key = jax.random.split(key)
    kernel = STD * jax.random.normal(kernel_key, (height, width, in_channels, out_channels))
    bias = STD * jax.random.normal(bias_key, (out_channels,))
    return kernel, bias


def embedding_init(key, num_embeddings, features):
    return jax.random.normal(key, (num_embeddings, features))
