import jax.numpy as jnp

FREE = {"EPS": [1e-5, 1e-8, 1e-12]}
EPS = 1e-6


def layer_norm(x, weight, bias):
    mean, std = x.mean(-1, keepdims=True), x.std(-1, keepdims=True)
    return (x - mean) / (std + EPS) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    mean, std = grouped.mean((1, 2, 4), keepdims=True), grouped.std((1, 2, 4), keepdims=True)
    return ((grouped - mean) / (std + EPS)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    root = jnp.sqrt((x**2).mean(-1, keepdims=True))
    return x / (root + EPS) * weight
