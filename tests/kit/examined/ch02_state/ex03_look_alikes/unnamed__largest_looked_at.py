import jax
import jax.numpy as jnp


def split(x: jax.Array, size: int) -> list[jax.Array] | tuple[jax.Array, ...]:
    """x cut along its first axis into pieces of `size` rows, as `torch.split`
    does; the last one has the rows that are left.

    x: float32 (n, ...), n > 0, any numbers, even NaN and infinity; size > 0,
    and may exceed n. Returns ceil(n / size) arrays, in a list or a tuple.
    """
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x: jax.Array, left: int, right: int) -> jax.Array:
    """x with `left` zeros before and `right` zeros after the elements of its
    last axis, as `F.pad(x, (left, right))` does.

    x: float32 (..., d), with any number of axes and any numbers, even NaN and
    infinity; left and right are 0 or more. Returns float32 (..., left + d +
    right).
    """
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x: jax.Array, axis: int) -> jax.Array:
    """PyTorch's standard deviation along `axis`; that axis stays, with size 1.

    x: float32, with any number of axes; `axis` may be negative. Where the axis
    has size 1, or not all numbers along it are finite, the result is NaN, as in
    PyTorch. It is accurate even if the mean is 100 times as large as the
    spread, and a different one elsewhere in x. Returns float32.
    """
    n = x.shape[axis]
    finite = jnp.isfinite(x)
    mean = jnp.where(finite, x, 0.0).sum(axis=axis, keepdims=True) / finite.sum(axis=axis, keepdims=True)
    squares = jnp.where(finite, jnp.square(x - mean), 0.0).sum(axis=axis, keepdims=True)
    good = jnp.isfinite(x.max(axis=axis, keepdims=True))
    return jnp.where(good, jnp.sqrt(squares / (n - 1)), jnp.nan)
