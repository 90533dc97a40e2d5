"""NNX layers; group_norm through PyTorch's layout and back."""

import jax
import jax.numpy as jnp
from flax import nnx


def filled(layer, weight, bias=None):
    layer.scale[...] = weight
    if bias is not None:
        layer.bias[...] = bias
    return layer


def layer_norm(x, weight, bias):
    layer = nnx.LayerNorm(x.shape[-1], epsilon=1e-5, use_fast_variance=False, rngs=nnx.Rngs(0))
    return filled(layer, weight, bias)(x)


def group_norm(x, weight, bias, groups):
    x = x.transpose(0, 3, 1, 2)
    flat = x.reshape(x.shape[0], groups, -1)
    flat = jax.nn.standardize(flat, axis=-1, epsilon=1e-5, variance=flat.var(-1, keepdims=True))
    return flat.reshape(x.shape).transpose(0, 2, 3, 1) * weight + bias


def rms_norm(x, weight):
    return filled(nnx.RMSNorm(x.shape[-1], epsilon=float(jnp.finfo(jnp.float32).eps), rngs=nnx.Rngs(0)), weight)(x)
