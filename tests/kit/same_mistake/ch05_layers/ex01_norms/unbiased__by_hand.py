"""Sums divided by n - 1, and layer_norm as GroupNorm with one group."""

import jax
import jax.numpy as jnp


def layer_norm(x, weight, bias):
    n = x.shape[-1]
    centred = x - x.mean(-1, keepdims=True)
    return weight * centred * jax.lax.rsqrt(1e-5 + (centred**2).sum(-1, keepdims=True) / (n - 1)) + bias


def group_norm(x, weight, bias, groups):
    b, h, w, c = x.shape
    grouped = x.reshape(b, h * w, groups, c // groups)
    centred = grouped - jnp.mean(grouped, axis=(1, 3), keepdims=True)
    var = jnp.sum(centred * centred, axis=(1, 3), keepdims=True) / (h * w * c // groups - 1)
    return (centred / jnp.sqrt(var + 1e-5)).reshape(b, h, w, c) * weight + bias


def rms_norm(x, weight):
    return x * weight / jnp.sqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1.1920929e-7)
