import jax
import jax.numpy as jnp
import numpy as np


def take(buffer: np.ndarray) -> jax.Array:
    """The numbers of a data loader's buffer, in memory of their own: once the
    array is ready, as `jax.block_until_ready` says, the loader fills the same
    buffer with the next batch while you use this one.

    buffer: int64, int32, uint8, float64, float32 or bool, with any shape, also
        without elements. It stays as it is.
    Returns int32 for int64, float32 for float64, and else the buffer's dtype.
    Raises an error, such as OverflowError, if a number of an int64 buffer does
    not fit into int32.
    """
    if buffer.dtype == np.int64:
        if buffer.size and (buffer.min() < -(2**31) or buffer.max() > 2**31 - 1):
            raise OverflowError("a number of the buffer does not fit into int32")
        return jnp.asarray(buffer.astype(np.int32))
    if buffer.dtype == np.float64:
        return jnp.asarray(buffer.astype(np.float32))
    return jnp.asarray(buffer.copy())


def since(times: np.ndarray, start: float) -> jax.Array:
    """The seconds from `start` to each of `times`, as accurate as a float32 can
    be.

    times: float64, with any shape, in seconds since 1970, as from time.time();
        NaN where a time is missing. It stays as it is. start: a float, such a
        time too.
    Returns float32, with the shape of times.
    """
    return jnp.asarray(np.round(times - start, 6).astype(np.float32))


def count(seen: jax.Array, n: jax.Array) -> jax.Array:
    """How many tokens were seen after n more; always exact.

    seen: int32 (2,), the millions and the rest: [5, 20] is 5,000,020. The rest
        is from 0 to 999,999. n: int32 (), from 0 to 2**31 - 1.
    Returns int32 (2,), in the same form. Must also work under jax.jit and in
    jax.lax.scan.
    """
    millions, rest = seen[0] + n // 1_000_000, seen[1] + n % 1_000_000
    return jnp.stack([millions + rest // 1_000_000, rest % 1_000_000])


def scale(x: jax.Array, factor: float | np.number | np.ndarray | jax.Array) -> jax.Array:
    """x times factor, in the dtype of x.

    x: bfloat16, float16 or float32, with at least one axis.
    factor: a Python int or float, a NumPy number such as np.sqrt(64), or a
        NumPy or JAX array without axes. Whole ones fit into int32.
    Must also work under jax.jit, where factor is a tracer too.
    """
    return (x.astype(jnp.float32) * jnp.asarray(factor, jnp.float32)).astype(x.dtype)
