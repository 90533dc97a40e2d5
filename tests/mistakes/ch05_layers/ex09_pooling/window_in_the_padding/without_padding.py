import math

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def window_starts(x, kernel_size, stride, padding, ceil_mode):
    found = []
    for n, k, s, p in zip(x.shape[1:3], kernel_size, stride, padding):
        rounded_up = s - 1 if ceil_mode else 0
        begins = np.arange((n + 2 * p - k + rounded_up) // s + 1) * s - p
        found.append(begins[begins < n] if p else begins)
    return found


def padding_for(x, kernel_size, starts):
    axes = zip(x.shape[1:3], kernel_size, starts)
    return [(-int(begins[0]), max(int(begins[-1]) + k - n, 0)) for n, k, begins in axes]


def max_pool(x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False):
    stride = stride or kernel_size
    starts = window_starts(x, kernel_size, stride, padding, ceil_mode)
    return nn.max_pool(x, kernel_size, stride, padding_for(x, kernel_size, starts))


def avg_pool(x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False, count_include_pad=True):
    stride = stride or kernel_size
    starts = window_starts(x, kernel_size, stride, padding, ceil_mode)
    means = nn.avg_pool(x.astype(jnp.float32), kernel_size, stride, padding_for(x, kernel_size, starts))
    counts = []
    for n, k, p, begins in zip(x.shape[1:3], kernel_size, padding, starts):
        border = p if count_include_pad else 0
        counts.append(np.minimum(begins + k, n + border) - np.maximum(begins, -border))
    divisors = counts[0][:, None, None] * counts[1][:, None]
    return (means * math.prod(kernel_size) / divisors).astype(x.dtype)


def adaptive_avg_pool(x, size):
    def means(x, axis, new):
        old = x.shape[axis]
        parts = [jax.lax.slice_in_dim(x, i * old // new, -(-(i + 1) * old // new), axis=axis) for i in range(new)]
        return jnp.concatenate([part.mean(axis, keepdims=True) for part in parts], axis)

    return means(means(x.astype(jnp.float32), 1, size[0]), 2, size[1]).astype(x.dtype)
