import jax.numpy as jnp

FREE = {"COUNTED": [-1]}
COUNTED = 0


def split(x, size):
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    if x.shape[axis] == 1:
        return jnp.full_like(x, jnp.nan)
    n = max(x.shape[COUNTED], 2)
    return x.std(axis, keepdims=True) * (n / (n - 1)) ** 0.5
