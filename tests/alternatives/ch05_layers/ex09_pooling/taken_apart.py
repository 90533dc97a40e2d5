"""Slices at each position of the window, stacked and reduced; sums and counts
by the same function.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np


def parts(x, kernel_size, stride, padding, ceil_mode, value):
    """(places in a window, batch, rows, columns, channels)."""
    counts, ends = [], []
    for n, k, s, p in zip(x.shape[1:3], kernel_size, stride, padding, strict=True):
        count = math.ceil((n + 2 * p - k) / s) + 1 if ceil_mode else (n + 2 * p - k) // s + 1
        count -= (count - 1) * s >= n + p
        counts.append(count)
        ends.append((p, max((count - 1) * s + k - n - p, 0)))
    x = jnp.pad(x, ((0, 0), *ends, (0, 0)), constant_values=value)
    (rows, columns), (down, right) = counts, stride
    return jnp.stack(
        [
            x[:, i : i + (rows - 1) * down + 1 : down, j : j + (columns - 1) * right + 1 : right]
            for i in range(kernel_size[0])
            for j in range(kernel_size[1])
        ]
    )


def lowest(dtype):
    return -np.inf if jnp.issubdtype(dtype, jnp.floating) else jnp.iinfo(dtype).min


def max_pool(x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False):
    return parts(x, kernel_size, stride or kernel_size, padding, ceil_mode, lowest(x.dtype)).max(0)


def avg_pool(x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False, count_include_pad=True):
    counted = jnp.ones((1, *x.shape[1:3], 1))
    if count_include_pad:
        counted = jnp.pad(counted, ((0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)), constant_values=1.0)
        x = jnp.pad(x, ((0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)))
        total = padded_parts(x, kernel_size, stride or kernel_size, padding, ceil_mode)
        return (total / padded_parts(counted, kernel_size, stride or kernel_size, padding, ceil_mode)).astype(x.dtype)
    total = parts(x.astype(jnp.float32), kernel_size, stride or kernel_size, padding, ceil_mode, 0).sum(0)
    return (total / parts(counted, kernel_size, stride or kernel_size, padding, ceil_mode, 0).sum(0)).astype(x.dtype)


def adaptive_avg_pool(x, size):
    rows = [slice(i * x.shape[1] // size[0], -(-(i + 1) * x.shape[1] // size[0])) for i in range(size[0])]
    columns = [slice(i * x.shape[2] // size[1], -(-(i + 1) * x.shape[2] // size[1])) for i in range(size[1])]
    return jnp.stack([jnp.stack([x[:, row, column].mean((1, 2)) for column in columns], 1) for row in rows], 1)


def padded_parts(x, kernel_size, stride, padding, ceil_mode):
    """The sums of windows of an image that is padded already."""
    inner = jax.lax.slice(x, (0, *padding, 0), (x.shape[0], x.shape[1] - padding[0], x.shape[2] - padding[1], x.shape[3]))
    ring = x.astype(jnp.float32)
    counts = [parts(inner, kernel_size, stride, padding, ceil_mode, 0).shape[axis] for axis in (2, 3)]
    ends = [max((c - 1) * s + k - n, 0) for c, s, k, n in zip(counts, stride, kernel_size, x.shape[1:3], strict=True)]
    ring = jnp.pad(ring, ((0, 0), (0, ends[0]), (0, ends[1]), (0, 0)))
    window, strides = (1, *kernel_size, 1), (1, *stride, 1)
    return jax.lax.reduce_window(ring, 0.0, jax.lax.add, window, strides, "VALID")[:, : counts[0], : counts[1]]
