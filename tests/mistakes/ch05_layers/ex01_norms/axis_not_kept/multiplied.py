import flax.linen as nn
import jax
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, var = x.mean(-1), x.var(-1)
    return (x - mean) * jax.lax.rsqrt(var + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return x * jax.lax.rsqrt((x**2).mean(-1) + jnp.finfo(x.dtype).eps) * weight
