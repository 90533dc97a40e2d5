"""Slices; zeros concatenated; the variance by its formula."""

import jax.numpy as jnp


def split(x, size):
    return tuple(x[i : i + size] for i in range(0, len(x), size))


def pad_last(x, left, right):
    before, after = (jnp.zeros((*x.shape[:-1], n), x.dtype) for n in (left, right))
    return jnp.concatenate([before, x, after], axis=-1)


def std(x, axis):
    apart = x - x.mean(axis, keepdims=True)
    return jnp.sqrt((apart**2).sum(axis, keepdims=True) / (x.shape[axis] - 1))
