import jax.numpy as jnp

FREE = {"COUNTED": [-1]}
COUNTED = 0


def split(x, size):
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    apart = x - x.mean(axis, keepdims=True)
    return jnp.sqrt((apart**2).sum(axis, keepdims=True) / (x.shape[COUNTED] - 1))
