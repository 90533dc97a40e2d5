import jax.numpy as jnp
import numpy as np

NARROW = {np.dtype("int64"): np.int32, np.dtype("float64"): np.float32}


def take(buffer):
    limits = np.iinfo(np.int32)
    if buffer.dtype == np.int64 and ((buffer < limits.min) | (buffer > limits.max)).any():
        raise OverflowError("a number is outside of int32's range")
    return jnp.asarray(buffer.astype(NARROW.get(buffer.dtype, buffer.dtype)))


def since(times, start):
    return jnp.array(np.subtract(times, start), jnp.float32)


def count(seen, n):
    more = jnp.array([n // 1_000_000, n % 1_000_000])
    sums = seen + more
    return jnp.where(sums[1] >= 1_000_000, sums + jnp.array([1, -1_000_000]), sums)


def scale(x, factor):
    return jnp.multiply(x, jnp.asarray(factor, dtype=x.dtype))
