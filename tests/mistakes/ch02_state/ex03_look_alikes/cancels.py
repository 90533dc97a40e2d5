"""The result is wrong where the mean of x is large and its spread small. In the
mean of the squares minus the square of the mean, two large numbers cancel, and
with them the digits of float32. Subtract the mean first, as `x.std` does.
"""

import jax.numpy as jnp


def split(x, size):
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    n = x.shape[axis]
    squares, mean = (x**2).mean(axis, keepdims=True), x.mean(axis, keepdims=True)
    return jnp.sqrt((squares - mean**2) * (n / (n - 1) if n > 1 else jnp.nan))
