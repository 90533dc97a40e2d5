import jax
import jax.numpy as jnp
import numpy as np

# Room for modules and functions of your own.


def windows(n: int, k: int, s: int, p: int, ceil_mode: bool) -> int:
    if not ceil_mode:
        return (n + 2 * p - k) // s + 1
    count = (n + 2 * p - k + s - 1) // s + 1
    if (count - 1) * s - p >= n:
        count -= 1
    return count


def after(n: int, k: int, s: int, p: int, ceil_mode: bool) -> int:
    return max((windows(n, k, s, p, ceil_mode) - 1) * s + k - p - n, 0)


def edges(n: int, m: int) -> list[tuple[int, int]]:
    return [(i * n // m, -((i + 1) * n // -m)) for i in range(m)]


def max_pool(
    x: jax.Array,
    kernel_size: tuple[int, int],
    stride: tuple[int, int] | None = None,
    padding: tuple[int, int] = (0, 0),
    ceil_mode: bool = False,
) -> jax.Array:
    stride = kernel_size if stride is None else stride
    pads = []
    shape = x.shape[1:3]
    for n, k, s, p in zip(x.shape[1:3], kernel_size, stride, padding, strict=True):
        pads.append((p, after(n, k, s, p, ceil_mode)))
    lowest = np.array(-np.inf, x.dtype) if jnp.issubdtype(x.dtype, jnp.floating) else np.array(jnp.iinfo(x.dtype).min, x.dtype)
    x = jnp.pad(x, ((0, 0), *pads, (0, 0)), constant_values=lowest)
    rows, columns = [windows(n, k, s, p, ceil_mode) for n, k, s, p in zip(shape, kernel_size, stride, padding, strict=True)]
    best = None
    for i in range(kernel_size[0]):
        for j in range(kernel_size[1]):
            new = x[:, i :: stride[0], j :: stride[1]][:, :rows, :columns]
            best = new if best is None else jnp.where(new > best, new, best)
    return best


def avg_pool(
    x: jax.Array,
    kernel_size: tuple[int, int],
    stride: tuple[int, int] | None = None,
    padding: tuple[int, int] = (0, 0),
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> jax.Array:
    stride = kernel_size if stride is None else stride
    pads, sizes = [], []
    for n, k, s, p in zip(x.shape[1:3], kernel_size, stride, padding, strict=True):
        pads.append((p, after(n, k, s, p, ceil_mode)))
        first = np.arange(windows(n, k, s, p, ceil_mode)) * s - p
        if count_include_pad:
            sizes.append(np.minimum(first + k, n + p) - first)
        else:
            sizes.append(np.minimum(first + k, n) - np.maximum(first, 0))
    total = jax.lax.reduce_window(
        x.astype(jnp.float32),
        np.float32(0),
        jax.lax.add,
        (1, *kernel_size, 1),
        (1, *stride, 1),
        ((0, 0), *pads, (0, 0)),
    )
    count = np.outer(*sizes).astype(np.float32)[:, :, None]
    return (total / count).astype(x.dtype)


def adaptive_avg_pool(x: jax.Array, size: tuple[int, int]) -> jax.Array:

    rows = edges(x.shape[1], size[0])
    columns = edges(x.shape[2], size[1])
    y = x.astype(jnp.float32)
    y = jnp.stack([y[:, a:b].mean(1) for a, b in rows], 1)
    y = jnp.stack([y[:, :, a:b].mean(2) for a, b in columns], 2)
    return y.astype(x.dtype)
