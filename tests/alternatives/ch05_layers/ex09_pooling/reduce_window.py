"""`jax.lax.reduce_window` for the maximum, the sum and the count of pixels."""

import math

import jax
import jax.numpy as jnp
import numpy as np


def ends(shape, kernel_size, stride, padding, ceil_mode):
    found = [(0, 0)]
    for n, k, s, p in zip(shape[1:3], kernel_size, stride, padding, strict=True):
        extra = -(n + 2 * p - k) % s if ceil_mode else 0
        if (n + 2 * p - k + extra) // s * s >= n + p:
            extra = 0
        found.append((p, p + extra))
    return [*found, (0, 0)]


def pooled(x, first, function, kernel_size, stride, pads):
    return jax.lax.reduce_window(x, first, function, (1, *kernel_size, 1), (1, *stride, 1), pads)


def max_pool(x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False):
    stride = kernel_size if stride is None else stride
    first = np.array(-np.inf if jnp.issubdtype(x.dtype, jnp.floating) else jnp.iinfo(x.dtype).min).astype(x.dtype)
    pads = ends(x.shape, kernel_size, stride, padding, ceil_mode)
    return pooled(x, first, jax.lax.max, kernel_size, stride, pads)


def avg_pool(x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False, count_include_pad=True):
    stride = kernel_size if stride is None else stride
    pads = ends(x.shape, kernel_size, stride, padding, ceil_mode)
    ones = jnp.pad(jnp.ones(x.shape[1:3]), [(p, p) for p in padding], constant_values=float(count_include_pad))
    beyond = [(0, 0), *((0, after - before) for before, after in pads[1:3]), (0, 0)]
    counts = pooled(ones[None, :, :, None], 0.0, jax.lax.add, kernel_size, stride, beyond)
    total = pooled(x.astype(jnp.float32), 0.0, jax.lax.add, kernel_size, stride, pads)
    return (total / counts).astype(x.dtype)


def adaptive_avg_pool(x, size):
    def along(x, axis, new):
        old = x.shape[axis]
        x = jnp.moveaxis(x, axis, 0)
        rows = [jnp.mean(x[math.floor(i * old / new) : math.ceil((i + 1) * old / new)], 0) for i in range(new)]
        return jnp.moveaxis(jnp.stack(rows), 0, axis)

    return along(along(x.astype(jnp.float32), 2, size[1]), 1, size[0]).astype(x.dtype)
