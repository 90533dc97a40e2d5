import flax.linen as nn
import jax
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    return jax.nn.standardize(x, epsilon=1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    return jax.nn.standardize(grouped, (1, 2, 4), epsilon=1e-5).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    return nn.RMSNorm(epsilon=jnp.finfo(x.dtype).eps).apply({"params": {"scale": weight}}, x)
