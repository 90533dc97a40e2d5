"""Windows gathered by integer indices, with a mask for the pixels outside."""

import jax.numpy as jnp
import numpy as np


def places(n, k, s, p, ceil_mode):
    """The pixel at each place of each window along an axis: (windows, k)."""
    count = (n + 2 * p - k) // s + 1
    if ceil_mode and (n + 2 * p - k) % s and count * s - p < n:
        count += 1
    return np.arange(count)[:, None] * s - p + np.arange(k)


def gathered(x, kernel_size, stride, padding, ceil_mode):
    """(batch, rows, k, columns, k, channels), and the places of both axes."""
    rows, columns = map(places, x.shape[1:3], kernel_size, stride, padding, (ceil_mode, ceil_mode))
    taken = x[:, np.clip(rows, 0, x.shape[1] - 1)][:, :, :, np.clip(columns, 0, x.shape[2] - 1)]
    return taken, rows, columns


def max_pool(x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False):
    windows, rows, columns = gathered(x, kernel_size, stride or kernel_size, padding, ceil_mode)
    row_in, column_in = (rows >= 0) & (rows < x.shape[1]), (columns >= 0) & (columns < x.shape[2])
    inside = row_in[:, :, None, None, None] & column_in[None, None, :, :, None]
    return windows.max(
        (2, 4), where=inside, initial=-jnp.inf if jnp.issubdtype(x.dtype, jnp.floating) else jnp.iinfo(x.dtype).min
    )


def avg_pool(x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False, count_include_pad=True):
    windows, rows, columns = gathered(x, kernel_size, stride or kernel_size, padding, ceil_mode)
    row_in, column_in = (rows >= 0) & (rows < x.shape[1]), (columns >= 0) & (columns < x.shape[2])
    inside = row_in[:, :, None, None, None] & column_in[None, None, :, :, None]
    total = windows.astype(jnp.float32).sum((2, 4), where=inside)
    if count_include_pad:
        row_in, column_in = rows < x.shape[1] + padding[0], columns < x.shape[2] + padding[1]
    return (total / (row_in.sum(1)[:, None, None] * column_in.sum(1)[:, None])).astype(x.dtype)


def adaptive_avg_pool(x, size):
    first = [np.arange(m) * n // m for n, m in zip(x.shape[1:3], size, strict=True)]
    last = [-(-(np.arange(m) + 1) * n // m) for n, m in zip(x.shape[1:3], size, strict=True)]
    pixels = [[x[:, a:b, c:d] for c, d in zip(first[1], last[1], strict=True)] for a, b in zip(first[0], last[0], strict=True)]
    means = [[p.astype(jnp.float32).mean((1, 2), keepdims=True) for p in row] for row in pixels]
    return jnp.concatenate([jnp.concatenate(row, 2) for row in means], 1).astype(x.dtype)
