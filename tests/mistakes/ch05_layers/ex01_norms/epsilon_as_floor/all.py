import jax.numpy as jnp


def layer_norm(x, weight, bias):
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(jnp.maximum(var, 1e-5)) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    mean = grouped.mean((1, 2, 4), keepdims=True)
    var = grouped.var((1, 2, 4), keepdims=True)
    return ((grouped - mean) / jnp.sqrt(jnp.maximum(var, 1e-5))).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    square = (x**2).mean(-1, keepdims=True)
    return x / jnp.sqrt(jnp.maximum(square, jnp.finfo(x.dtype).eps)) * weight
