import jax
import jax.numpy as jnp


def split(x, size):
    return [jax.lax.dynamic_slice_in_dim(x, start, size) for start in range(0, x.shape[0], size)]


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    return x.std(axis=axis, ddof=1, keepdims=True)
