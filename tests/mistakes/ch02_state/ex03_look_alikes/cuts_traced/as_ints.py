import jax.numpy as jnp


def split(x, size):
    places = [int(place) for place in jnp.arange(1, -(-x.shape[0] // size)) * size]
    return jnp.split(x, places)


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    return x.std(axis=axis, ddof=1, keepdims=True)
