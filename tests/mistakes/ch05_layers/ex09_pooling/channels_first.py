"""The windows lie over the wrong axes, as if the images were (batch, channels,
height, width). Here they are (batch, height, width, channels): height and
width are axes 1 and 2.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def window_starts(x, kernel_size, stride, padding, ceil_mode):
    found = []
    for n, k, s, p in zip(x.shape[1:3], kernel_size, stride, padding):
        rounded_up = s - 1 if ceil_mode else 0
        begins = np.arange((n + 2 * p - k + rounded_up) // s + 1) * s - p
        found.append(begins[begins < n])
    return found


def padding_for(x, kernel_size, starts):
    axes = zip(x.shape[1:3], kernel_size, starts)
    return [(-int(begins[0]), max(int(begins[-1]) + k - n, 0)) for n, k, begins in axes]


def max_pool(x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False):
    stride = stride or kernel_size
    y = jnp.moveaxis(x, 1, 3)
    return jnp.moveaxis(nn.max_pool(y, kernel_size, stride, [(p, p) for p in padding]), 3, 1)


def avg_pool(x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False, count_include_pad=True):
    stride = stride or kernel_size
    y = jnp.moveaxis(x.astype(jnp.float32), 1, 3)
    return jnp.moveaxis(nn.avg_pool(y, kernel_size, stride, [(p, p) for p in padding], count_include_pad), 3, 1).astype(x.dtype)


def adaptive_avg_pool(x, size):
    def means(x, axis, new):
        old = x.shape[axis]
        parts = [jax.lax.slice_in_dim(x, i * old // new, -(-(i + 1) * old // new), axis=axis) for i in range(new)]
        return jnp.concatenate([part.mean(axis, keepdims=True) for part in parts], axis)

    return means(means(x.astype(jnp.float32), 1, size[0]), 2, size[1]).astype(x.dtype)
