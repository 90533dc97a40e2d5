"""The arithmetic written out; groups as an axis of their own."""

import jax
import jax.numpy as jnp


def standardized(x, axes):
    centred = x - jnp.mean(x, axes, keepdims=True)
    return centred * jax.lax.rsqrt(jnp.mean(centred**2, axes, keepdims=True) + 1e-5)


def layer_norm(x, weight, bias):
    return standardized(x, -1) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = jnp.stack(jnp.split(x, groups, axis=-1))
    return jnp.concatenate(standardized(grouped, (2, 3, 4)), axis=-1) * weight + bias


def rms_norm(x, weight):
    return weight * x / jnp.sqrt(jnp.square(x).mean(-1, keepdims=True) + 1.1920929e-07)
