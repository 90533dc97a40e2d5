"""1.6 torch_init: Draw fresh weights as PyTorch does

The two libraries start from different weights, so a ported training recipe can
behave differently from its first step. Measured for a layer with 400 inputs,
PyTorch's nn.Linear and Flax's nn.Dense:

                kernel                                       bias
    nn.Linear   uniform, std 0.029, at most 0.050            uniform, std 0.029
    nn.Dense    truncated normal, std 0.050, at most 0.114   zero

PyTorch draws a Linear's or Conv2d's weight and bias uniformly from [-b, b],
where b = 1 / sqrt(fan_in), and fan_in is the number of inputs that one output
sees: in_features, or kernel height * kernel width * input channels. It draws an
Embedding from the normal distribution with standard deviation 1; Flax's
standard deviation there is 1 / sqrt(features).

In JAX a draw takes a key. A key is two numbers, and both decide what is drawn:
pass it on as it is. Use each key for one draw or one split: the same key
with a different shape can give the same numbers again. `jax.random.split(key)`
makes two keys out of one.

Write the three functions, with Flax's shapes: those that `kernel_init`,
`bias_init` and `embedding_init` receive. What they return is described for
JAX's default settings. The checks draw many numbers and compare their
statistics with those of live PyTorch layers. They also look for keys that are
used twice, and for numbers that repeat or were adjusted to one another, such as
to a mean of exactly 0: each one must be a draw of its own.

After 1.2. About 20 minutes.

https://docs.jax.dev/en/latest/_autosummary/jax.random.uniform.html
"""

# --- PyTorch ---
import torch


def torch_linear(in_features: int, out_features: int) -> torch.nn.Linear:
    """weight (out, in), bias (out,)"""
    return torch.nn.Linear(in_features, out_features)


def torch_conv(height: int, width: int, in_channels: int, out_channels: int) -> torch.nn.Conv2d:
    """weight (out, in, height, width), bias (out,)"""
    return torch.nn.Conv2d(in_channels, out_channels, (height, width))


def torch_embedding(num_embeddings: int, features: int) -> torch.nn.Embedding:
    """weight (num_embeddings, features)"""
    return torch.nn.Embedding(num_embeddings, features)


# --- JAX ---
import math

import jax


def linear_init(key: jax.Array, in_features: int, out_features: int) -> tuple[jax.Array, jax.Array]:
    """(kernel, bias) as `torch.nn.Linear` draws them.

    float32 (in_features, out_features) and (out_features,).
    """
    # <solution>
    # torch.nn.Linear.reset_parameters calls kaiming_uniform_ with a=sqrt(5),
    # which makes the bound 1 / sqrt(fan_in).
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(in_features)
    kernel = jax.random.uniform(kernel_key, (in_features, out_features), minval=-bound, maxval=bound)
    bias = jax.random.uniform(bias_key, (out_features,), minval=-bound, maxval=bound)
    return kernel, bias
    # </solution>


def conv_init(key: jax.Array, height: int, width: int, in_channels: int, out_channels: int) -> tuple[jax.Array, jax.Array]:
    """(kernel, bias) as `torch.nn.Conv2d` draws them.

    float32 (height, width, in_channels, out_channels) and (out_channels,).
    """
    # <solution>
    kernel_key, bias_key = jax.random.split(key)
    bound = 1 / math.sqrt(height * width * in_channels)
    kernel = jax.random.uniform(kernel_key, (height, width, in_channels, out_channels), minval=-bound, maxval=bound)
    bias = jax.random.uniform(bias_key, (out_channels,), minval=-bound, maxval=bound)
    return kernel, bias
    # </solution>


def embedding_init(key: jax.Array, num_embeddings: int, features: int) -> jax.Array:
    """The table as `torch.nn.Embedding` draws it.

    float32 (num_embeddings, features).
    """
    # <solution>
    return jax.random.normal(key, (num_embeddings, features))
    # </solution>
