import flax.linen as nn
import jax
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, var = jax.lax.stop_gradient(x.mean(-1, keepdims=True)), jax.lax.stop_gradient(x.var(-1, keepdims=True))
    return (x - mean) / jnp.sqrt(var + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return nn.RMSNorm(epsilon=jnp.finfo(x.dtype).eps).apply({"params": {"scale": weight}}, x)
