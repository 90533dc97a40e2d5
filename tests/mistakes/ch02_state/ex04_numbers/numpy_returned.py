"""A function returns a NumPy array. Under jax.jit NumPy cannot take part, and
outside the next function of `jax.numpy` converts it once more. Return a
jax.Array: `jnp.asarray(...)` makes one.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("does not fit")
    narrow = {"int64": np.int32, "float64": np.float32}
    return np.array(buffer, dtype=narrow.get(buffer.dtype.name, buffer.dtype))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
