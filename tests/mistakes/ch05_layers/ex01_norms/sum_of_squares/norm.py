import flax.linen as nn
import jax.numpy as jnp

FREE = {"EPS": [0.0, 1e-6, 1e-8]}
EPS = 1.1920929e-07


def layer_norm(x, weight, bias):
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return x / (jnp.linalg.norm(x, axis=-1, keepdims=True) + EPS) * weight
