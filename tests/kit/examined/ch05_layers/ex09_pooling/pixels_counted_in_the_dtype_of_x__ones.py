import jax
import jax.numpy as jnp
import numpy as np

# Room for modules and functions of your own.


def windows(n: int, k: int, s: int, p: int, ceil_mode: bool) -> int:
    """How many windows there are along an axis of n pixels."""
    if not ceil_mode:
        return (n + 2 * p - k) // s + 1
    count = (n + 2 * p - k + s - 1) // s + 1
    if (count - 1) * s - p >= n:
        count -= 1
    return count


def plan(shape, kernel_size, stride, padding, ceil_mode):
    """Windows along both axes, and the padding before and after."""
    counts, pads = [], []
    for n, k, s, p in zip(shape, kernel_size, stride, padding, strict=False):
        count = windows(n, k, s, p, ceil_mode)
        counts.append(count)
        pads.append((p, max((count - 1) * s + k - p - n, 0)))
    return counts, pads


def max_pool(
    x: jax.Array,
    kernel_size: tuple[int, int],
    stride: tuple[int, int] | None = None,
    padding: tuple[int, int] = (0, 0),
    ceil_mode: bool = False,
) -> jax.Array:
    """`F.max_pool2d` for images with their channels last.

    x: float32, bfloat16, float16, int32, int16, int8 or uint8 (batch, height,
        width, channels). The result has the same dtype. No number may change,
        not even a large integer.
    kernel_size, stride, padding: along the height and along the width. stride
        None is kernel_size. padding is at most half of kernel_size.
    A NaN in a window makes its maximum NaN.
    """
    if stride is None:
        stride = kernel_size
    counts, pads = plan(x.shape[1:3], kernel_size, stride, padding, ceil_mode)
    low = -np.inf if jnp.issubdtype(x.dtype, jnp.floating) else jnp.iinfo(x.dtype).min
    low = np.asarray(low, x.dtype)
    y = jax.lax.reduce_window(x, low, jax.lax.max, (1, *kernel_size, 1), (1, *stride, 1), ((0, 0), *pads, (0, 0)))
    return y[:, : counts[0], : counts[1]]


def avg_pool(
    x: jax.Array,
    kernel_size: tuple[int, int],
    stride: tuple[int, int] | None = None,
    padding: tuple[int, int] = (0, 0),
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> jax.Array:
    """`F.avg_pool2d` for images with their channels last.

    x: float32, bfloat16 or float16 (batch, height, width, channels). The
        result has the same dtype; sums are float32, and only the result is
        rounded.
    The other arguments are like those of `max_pool`.
    """
    if stride is None:
        stride = kernel_size
    counts, pads = plan(x.shape[1:3], kernel_size, stride, padding, ceil_mode)
    total = jax.lax.reduce_window(
        x.astype(jnp.float32),
        np.float32(0),
        jax.lax.add,
        (1, *kernel_size, 1),
        (1, *stride, 1),
        ((0, 0), *pads, (0, 0)),
    )[:, : counts[0], : counts[1]]
    sizes = []
    for n, k, s, p, count in zip(x.shape[1:3], kernel_size, stride, padding, counts, strict=False):
        begin = np.arange(count) * s - p
        end = np.minimum(begin + k, n + p)
        if not count_include_pad:
            begin, end = np.maximum(begin, 0), np.minimum(end, n)
        sizes.append(end - begin)
    divisor = np.outer(sizes[0], sizes[1])[None, :, :, None].astype(np.float32)
    if not count_include_pad:
        divisor = jax.lax.reduce_window(
            jnp.ones((1, *x.shape[1:3], 1), x.dtype),
            np.zeros((), x.dtype),
            jax.lax.add,
            (1, *kernel_size, 1),
            (1, *stride, 1),
            ((0, 0), *pads, (0, 0)),
        )[:, : counts[0], : counts[1]].astype(jnp.float32)
    return (total / divisor).astype(x.dtype)


def adaptive_avg_pool(x: jax.Array, size: tuple[int, int]) -> jax.Array:
    """`F.adaptive_avg_pool2d` for images with their channels last.

    x: float32, bfloat16 or float16 (batch, height, width, channels). Returns
        (batch, *size, channels) of the same dtype; sums are float32, and only
        the result is rounded.
    size: 1 or more along each axis; it may be larger than the image.
    A NaN or inf changes only the windows that it is in.
    """

    y = x.astype(jnp.float32)
    for axis, m in zip((1, 2), size, strict=False):
        n = x.shape[axis]
        parts = []
        for i in range(m):
            begin, end = i * n // m, -(-(i + 1) * n // m)
            parts.append(jax.lax.slice_in_dim(y, begin, end, axis=axis).mean(axis))
        y = jnp.stack(parts, axis)
    return y.astype(x.dtype)
