import jax
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, var = jax.lax.stop_gradient(x.mean(-1, keepdims=True)), jax.lax.stop_gradient(x.var(-1, keepdims=True))
    return (x - mean) / jnp.sqrt(var + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    mean = jax.lax.stop_gradient(grouped.mean((1, 2, 4), keepdims=True))
    var = jax.lax.stop_gradient(grouped.var((1, 2, 4), keepdims=True))
    return ((grouped - mean) / jnp.sqrt(var + 1e-5)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    square = jax.lax.stop_gradient((x**2).mean(-1, keepdims=True))
    return x / jnp.sqrt(square + jnp.finfo(x.dtype).eps) * weight
