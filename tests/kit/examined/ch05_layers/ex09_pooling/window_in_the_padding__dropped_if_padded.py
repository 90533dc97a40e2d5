import jax
import jax.numpy as jnp
import numpy as np


def windows(n, k, s, p, ceil_mode):
    if not ceil_mode:
        return (n + 2 * p - k) // s + 1, p
    count = (n + 2 * p - k + s - 1) // s + 1
    if p and (count - 1) * s - p >= n:
        count -= 1
    return count, max((count - 1) * s + k - n - p, 0)


def divisor(n, k, s, p, ceil_mode, count_pad):
    count, _ = windows(n, k, s, p, ceil_mode)
    first = np.arange(count) * s - p
    if count_pad:
        return np.minimum(first + k, n + p) - first
    return np.minimum(first + k, n) - np.maximum(first, 0)


def window_sum(x, kernel_size, stride, pads):
    return jax.lax.reduce_window(
        x, np.zeros((), x.dtype), jax.lax.add, (1, *kernel_size, 1), (1, *stride, 1), ((0, 0), *pads, (0, 0))
    )


def max_pool(
    x,
    kernel_size,
    stride=None,
    padding=(0, 0),
    ceil_mode=False,
):
    stride = kernel_size if stride is None else stride
    pads = []
    for n, k, s, p in zip(x.shape[1:3], kernel_size, stride, padding, strict=False):
        pads.append((p, windows(n, k, s, p, ceil_mode)[1]))
    lowest = -np.inf if jnp.issubdtype(x.dtype, jnp.floating) else jnp.iinfo(x.dtype).min
    return jax.lax.reduce_window(
        x, np.array(lowest, x.dtype), jax.lax.max, (1, *kernel_size, 1), (1, *stride, 1), ((0, 0), *pads, (0, 0))
    )


def avg_pool(
    x,
    kernel_size,
    stride=None,
    padding=(0, 0),
    ceil_mode=False,
    count_include_pad=True,
):
    stride = kernel_size if stride is None else stride
    pads, divisors = [], []
    for n, k, s, p in zip(x.shape[1:3], kernel_size, stride, padding, strict=False):
        pads.append((p, windows(n, k, s, p, ceil_mode)[1]))
        divisors.append(divisor(n, k, s, p, ceil_mode, count_include_pad))
    total = window_sum(x.astype(jnp.float32), kernel_size, stride, pads)
    count = np.outer(*divisors).astype(np.float32)[:, :, None]
    return (total / count).astype(x.dtype)


def adaptive_avg_pool(x, size):

    def along(x, axis, m):
        n = x.shape[axis]
        parts = []
        for i in range(m):
            first, last = i * n // m, -(-(i + 1) * n // m)
            parts.append(jax.lax.slice_in_dim(x, first, last, axis=axis).mean(axis))
        return jnp.stack(parts, axis)

    y = x.astype(jnp.float32)
    return along(along(y, 1, size[0]), 2, size[1]).astype(x.dtype)
